"""The methods of `ecg.v1.EcgService`: each converts, asks, converts.

The errors they raise become status in the interceptor.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1.ecg_service_pb2_grpc import EcgServiceServicer
from ecg_model.errors import InvalidRecordingError, RefusalReason, refusal
from ecg_server.batching import Caller
from ecg_server.decoding import decode
from ecg_server.errors import ModelNotReadyError, ShuttingDownError
from ecg_server.prediction_stream import PredictionStream
from ecg_server.recording_conversion import at_message_paths
from ecg_server.served_model import ServedModel

if TYPE_CHECKING:
    from grpc import aio

    Context = aio.ServicerContext[Any, Any]


class EcgServicer(EcgServiceServicer):
    """Serves one model, once there is one.

    Args:
        stream_capacity: recordings of one stream that may be on their way.
    """

    def __init__(self, stream_capacity: int) -> None:
        self._stream_capacity = stream_capacity
        self._served: ServedModel | None = None
        self._streams: set[PredictionStream] = set()
        self._is_stopping = False
        self._calls = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    def serve(self, model: ServedModel) -> None:
        """Answer with this model from now on."""
        self._served = model

    def stop_reading(self) -> None:
        """Read no more messages of any stream; what was received is answered."""
        self._is_stopping = True
        for stream in self._streams:
            stream.stop_reading()

    async def finish(self) -> None:
        """Wait until every call of this service is answered."""
        await self._is_idle.wait()

    async def Predict(self, request: pb.PredictRequest, context: "Context") -> pb.PredictResponse:  # noqa: N802
        """Classify one recording."""
        with self._counted():
            return await self._predict(request, context)

    async def _predict(self, request: pb.PredictRequest, context: "Context") -> pb.PredictResponse:
        model = self._model()
        if not request.HasField("recording"):
            description = "there is no recording; send one"
            raise at_message_paths(refusal(RefusalReason.RECORDING_MISSING, "", description), is_packed=False)
        try:
            recording = await decode(request.recording)
            outcome = await model.batcher.submit(recording, Caller(_deadline(context)))
            if isinstance(outcome, Exception):
                raise outcome
        except InvalidRecordingError as error:
            raise at_message_paths(error, is_packed=request.recording.HasField("packed_signal")) from None
        response = pb.PredictResponse()
        model.converter.fill(
            response.prediction,
            outcome,
            request.recording.recording_id,
            include_windows=request.options.include_windows,
        )
        return response

    async def PredictStream(  # noqa: N802
        self, request_iterator: AsyncIterator[pb.PredictStreamRequest], context: "Context"
    ) -> AsyncGenerator[pb.PredictStreamResponse, None]:
        """Classify the recordings of a stream."""
        if self._is_stopping:
            raise ShuttingDownError
        stream = PredictionStream(self._model(), request_iterator, self._stream_capacity, _deadline(context))
        self._streams.add(stream)
        with self._counted():
            try:
                async with aclosing(stream.responses()) as responses:
                    async for response in responses:
                        yield response
            finally:
                self._streams.discard(stream)

    async def ModelSummary(self, request: pb.ModelSummaryRequest, context: "Context") -> pb.ModelSummaryResponse:  # noqa: ARG002, N802
        """Describe the model."""
        return self._model().summary

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._calls += 1
        self._is_idle.clear()
        try:
            yield
        finally:
            self._calls -= 1
            if self._calls == 0:
                self._is_idle.set()

    def _model(self) -> ServedModel:
        if self._served is None:
            raise ModelNotReadyError
        return self._served


def _deadline(context: "Context") -> float:
    """Return when the caller stops waiting, on the clock of `time.monotonic`; never, when it set no deadline."""
    remaining = context.time_remaining()
    return float("inf") if remaining is None else time.monotonic() + remaining
