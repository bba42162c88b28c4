"""The asynchronous client."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from typing import Any, Self

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2, ecg_service_pb2_grpc
from ecg_client.async_sender import AsyncSender
from ecg_client.connection import CHANNEL_OPTIONS, DEFAULT_ADDRESS, DEFAULT_TIMEOUT_S, checked_address
from ecg_client.convert import (
    model_summary_from_proto,
    options_to_proto,
    prediction_from_proto,
    recording_to_proto,
    result_from_proto,
)
from ecg_client.model_summary import ModelSummary, ServingStatus
from ecg_client.outbox import DEFAULT_MAX_IN_FLIGHT
from ecg_client.prediction import Prediction, RecordingResult
from ecg_client.recording import Recording
from ecg_client.status import error_from_rpc, stream_ended_early


class AsyncEcgClient:
    """Classifies recordings at a service, over one connection, for use with asyncio.

    ::

        async with AsyncEcgClient("127.0.0.1:50051") as client:
            prediction = await client.predict(Recording(signal=millivolts, sample_rate_hz=100.0))

    Make it where the event loop runs. Methods, arguments and errors are those of `EcgClient`.

    Args:
        address: Host and port of the service, or a target of grpc, such as `unix:PATH` or `dns:///HOST:PORT`.
        timeout_s: How long one call may take, in seconds. A stream may take as long as it takes.
    """

    def __init__(self, address: str = DEFAULT_ADDRESS, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self._address = checked_address(address)
        self._timeout_s = timeout_s
        self._channel = grpc.aio.insecure_channel(address, options=CHANNEL_OPTIONS)
        self._service = ecg_service_pb2_grpc.EcgServiceStub(self._channel)
        # Its type stubs leave out what it can do.
        self._health: Any = health_pb2_grpc.HealthStub(self._channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connection; calls in progress are cancelled."""
        await self._channel.close()

    async def predict(self, recording: Recording, *, include_windows: bool = False) -> Prediction:
        """Classifies one recording; see `EcgClient.predict`."""
        request = ecg_service_pb2.PredictRequest(
            recording=recording_to_proto(recording), options=options_to_proto(include_windows=include_windows)
        )
        with self._typed_errors():
            response = await self._service.Predict(request, timeout=self._timeout_s)
        return prediction_from_proto(response.prediction)

    async def predict_stream(
        self,
        recordings: AsyncIterable[Recording] | Iterable[Recording],
        *,
        include_windows: bool = False,
        max_in_flight: int = DEFAULT_MAX_IN_FLIGHT,
        timeout_s: float | None = None,
    ) -> AsyncGenerator[RecordingResult, None]:
        """Classifies many recordings over one stream; see `EcgClient.predict_stream`.

        An asynchronous iterable is consumed in a task of its own. An ordinary one is consumed on the event loop: it
        should not block, and cannot wait for a result. Leave early through `contextlib.aclosing`, so that the stream
        is cancelled at once.
        """
        sender = AsyncSender(recordings, max_in_flight, options_to_proto(include_windows=include_windows))
        call = self._service.PredictStream(sender.requests(), timeout=timeout_s)
        sender.start()
        try:
            async for response in call:
                sender.answered(len(response.results))
                for result in response.results:
                    yield result_from_proto(result)
        except grpc.RpcError as error:
            raise error_from_rpc(error, self._address, timeout_s, is_stream=True) from error
        finally:
            sender.close()
            call.cancel()
        if sender.source_error is not None:
            raise sender.source_error
        if not sender.is_done:
            raise stream_ended_early(self._address)

    async def model_summary(self) -> ModelSummary:
        """Asks which model is being served."""
        with self._typed_errors():
            response = await self._service.ModelSummary(ecg_service_pb2.ModelSummaryRequest(), timeout=self._timeout_s)
        return model_summary_from_proto(response)

    async def health(self) -> ServingStatus:
        """Asks whether the service takes calls."""
        with self._typed_errors():
            response = await self._health.Check(health_pb2.HealthCheckRequest(), timeout=self._timeout_s)
        return ServingStatus(response.status)

    @contextlib.contextmanager
    def _typed_errors(self) -> Iterator[None]:
        try:
            yield
        except grpc.RpcError as error:
            raise error_from_rpc(error, self._address, self._timeout_s) from error
