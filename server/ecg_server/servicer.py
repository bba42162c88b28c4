"""The methods of `ecg.v1.EcgService`: each converts, asks, converts.

The errors they raise become status in the interceptor.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1.ecg_service_pb2_grpc import EcgServiceServicer
from ecg_model.errors import (
    GradientsUnavailableError,
    IncompleteExplanationError,
    InvalidOptionsError,
    InvalidRecordingError,
    RefusalReason,
    refusal,
)
from ecg_model.recording import Recording
from ecg_server.batching import Batcher, Caller, Outcome
from ecg_server.call import current_call
from ecg_server.decoding import decode
from ecg_server.errors import (
    ClassificationFailedError,
    DeadlinePassedError,
    ModelNotReadyError,
    ShuttingDownError,
    UnhealthyError,
)
from ecg_server.explaining import Explainer
from ecg_server.explanation_conversion import at_options_paths, choices_from_proto, fill_explanation
from ecg_server.prediction_stream import PredictionStream
from ecg_server.recording_conversion import at_message_paths
from ecg_server.served_models import ServedModel, ServedModels
from ecg_server.settings import ExplanationSettings
from ecg_server.status import recording_error

if TYPE_CHECKING:
    from grpc import aio

    Context = aio.ServicerContext[Any, Any]

Response = TypeVar("Response", pb.PredictResponse, pb.ExplainResponse)

# Besides an invalid recording, what a caller is told of a recording that it sent.
ANSWERED = (
    ClassificationFailedError,
    DeadlinePassedError,
    GradientsUnavailableError,
    IncompleteExplanationError,
    InvalidOptionsError,
)


class EcgServicer(EcgServiceServicer):
    """Serves models, once there are some.

    Args:
        batcher: runs them.
        stream_capacity: recordings of one stream that may be on their way.
        default_deadline_seconds: how long a single call may take whose caller set no deadline; 0: as long as it takes.
        explainer: explains; None: one with the usual settings.

    Attributes:
        calls_begun: how many calls have begun since it was made.
    """

    def __init__(
        self,
        batcher: Batcher,
        stream_capacity: int,
        default_deadline_seconds: float = 0.0,
        explainer: Explainer | None = None,
    ) -> None:
        self._is_well = True
        self._batcher = batcher
        self._explainer = explainer or Explainer(ExplanationSettings())
        self._stream_capacity = stream_capacity
        self._default_deadline_seconds = default_deadline_seconds or None
        self._served: ServedModels | None = None
        self._streams: set[PredictionStream] = set()
        self._is_stopping = False
        self.calls_begun = 0
        self._calls = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    def serve(self, models: ServedModels) -> None:
        """Answer with these models from now on."""
        self._served = models

    def is_full(self) -> bool:
        """Return whether the only answer to a further single call is that too much waits already."""
        return self._is_well and not self._is_stopping and self._batcher.is_full()

    def stop_reading(self) -> None:
        """Take no more calls and read no more messages of any stream; what was received is answered."""
        self._is_stopping = True
        for stream in self._streams:
            stream.stop_reading()

    def set_well(self, *, is_well: bool) -> None:
        """Take calls, or take none and break off the streams: the server's own checks decide that."""
        self._is_well = is_well
        for stream in () if is_well else self._streams:
            stream.break_off(UnhealthyError())

    async def finish(self) -> None:
        """Wait until every call of this service is answered."""
        await self._is_idle.wait()

    async def Predict(self, request: pb.PredictRequest, context: "Context") -> pb.PredictResponse:  # noqa: N802
        """Classify one recording."""
        with self._accepted():
            model = self._model(request.options.model_version)
            return await self._noted(request, lambda: self._predict(request, model, context))

    async def Explain(self, request: pb.ExplainRequest, context: "Context") -> pb.ExplainResponse:  # noqa: N802
        """Classify one recording, and tell what in it speaks for its classes."""
        with self._accepted():
            model = self._model(request.options.model_version)
            return await self._noted(request, lambda: self._explain(request, model, context))

    async def _noted(
        self, request: pb.PredictRequest | pb.ExplainRequest, answer: Callable[[], Awaitable[Response]]
    ) -> Response:
        """Return the answer of a single call, and note down that its recording came and what is said of it."""
        if not request.HasField("recording"):
            description = "there is no recording; send one"
            raise at_message_paths(refusal(RefusalReason.RECORDING_MISSING, "", description), is_packed=False)
        call = current_call.get()
        call.share.take()
        receipt = await call.received(request.recording)
        try:
            response = await answer()
        except InvalidRecordingError as error:
            refused = at_message_paths(error, is_packed=request.recording.HasField("packed_signal"))
            call.answered(receipt, recording_error(refused))
            raise refused from None
        except ANSWERED as error:
            call.answered(receipt, recording_error(error))
            raise
        call.answered(receipt, response.prediction)
        return response

    async def _predict(self, request: pb.PredictRequest, model: ServedModel, context: "Context") -> pb.PredictResponse:
        outcome = await self._outcome(await decode(request.recording), model, context)
        if isinstance(outcome, Exception):
            raise outcome
        response = pb.PredictResponse()
        model.converter.fill(
            response.prediction,
            outcome,
            request.recording.recording_id,
            include_windows=request.options.include_windows,
        )
        return response

    async def _explain(self, request: pb.ExplainRequest, model: ServedModel, context: "Context") -> pb.ExplainResponse:
        self._explainer.refuse_when_full()
        recording, classes = await decode(request.recording), model.classifier.manifest.classes
        try:
            choices = choices_from_proto(request.options, classes)
            seconds = self._remaining(context)
            explanation = await self._explainer.explain(
                model.classifier, recording, choices, seconds, current_call.get()
            )
        except InvalidOptionsError as error:
            raise at_options_paths(error) from None
        response = pb.ExplainResponse()
        recording_id = request.recording.recording_id
        model.converter.fill(response.prediction, explanation.prediction, recording_id, include_windows=True)
        fill_explanation(response, explanation, classes)
        return response

    def _remaining(self, context: "Context") -> float | None:
        """Return how long a single call may still take, in seconds; None: as long as it takes."""
        remaining = context.time_remaining()
        return self._default_deadline_seconds if remaining is None else remaining

    async def _outcome(self, recording: Recording, model: ServedModel, context: "Context") -> Outcome:
        remaining = self._remaining(context)
        caller = Caller(model.classifier, _moment(remaining), current_call.get())
        try:
            # The caller's own deadline ends the call by itself; the server's ends it here.
            async with asyncio.timeout(remaining):
                return await self._batcher.submit(recording, caller)
        except TimeoutError:
            raise DeadlinePassedError from None

    async def PredictStream(  # noqa: N802
        self, request_iterator: AsyncIterator[pb.PredictStreamRequest], context: "Context"
    ) -> AsyncGenerator[pb.PredictStreamResponse, None]:
        """Classify the recordings of a stream."""
        with self._accepted():
            deadline, call = _moment(context.time_remaining()), current_call.get()
            stream = PredictionStream(
                self._batcher, self._model, request_iterator, self._stream_capacity, deadline, call
            )
            self._streams.add(stream)
            try:
                async with aclosing(stream.responses()) as responses:
                    async for response in responses:
                        yield response
            finally:
                self._streams.discard(stream)

    async def ModelSummary(self, request: pb.ModelSummaryRequest, context: "Context") -> pb.ModelSummaryResponse:  # noqa: ARG002, N802
        """Describe one of the models."""
        return self._models().summary(request.model_version)

    @contextmanager
    def _accepted(self) -> Iterator[None]:
        self.calls_begun += 1
        if self._is_stopping:
            raise ShuttingDownError
        self._calls += 1
        self._is_idle.clear()
        try:
            yield
        finally:
            self._calls -= 1
            if self._calls == 0:
                self._is_idle.set()

    def _model(self, label_or_version: str) -> ServedModel:
        """Return the model that answers a call, and note it down."""
        if not self._is_well:
            raise UnhealthyError
        model = self._models().find(label_or_version)
        current_call.get().model_version = model.name
        return model

    def _models(self) -> ServedModels:
        if self._served is None:
            raise ModelNotReadyError
        return self._served


def _moment(remaining: float | None) -> float:
    """Return when so many seconds will have passed, on the clock of `time.monotonic`; never, for None."""
    return float("inf") if remaining is None else time.monotonic() + remaining
