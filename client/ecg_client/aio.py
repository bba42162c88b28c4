"""The asynchronous client."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2, ecg_service_pb2_grpc
from ecg_client.async_sender import AsyncSender
from ecg_client.connection import DEFAULT_ADDRESS, DEFAULT_TIMEOUT_S, SERVICE_NAME, Connection
from ecg_client.convert import (
    model_summary_from_proto,
    options_to_proto,
    prediction_from_proto,
    recording_to_proto,
)
from ecg_client.convert_explanation import explain_request_to_proto, explanation_from_proto
from ecg_client.explanation import Explanation, ExplanationMethod
from ecg_client.model_summary import ModelSummary, ServingStatus
from ecg_client.outbox import DEFAULT_MAX_IN_FLIGHT
from ecg_client.prediction import Prediction, RecordingResult
from ecg_client.recording import Recording
from ecg_client.resumption import DEFAULT_RESUME, Resume, Resumption, is_resumable
from ecg_client.status import error_from_rpc, stream_ended_early, typed_errors
from ecg_client.tls import Tls
from ecg_client.tracing import around_calls

if TYPE_CHECKING:
    import pandas as pd
    from opentelemetry.trace import TracerProvider


class AsyncEcgClient:
    """Classifies recordings at a service, over one connection, for use with asyncio.

        async with AsyncEcgClient("127.0.0.1:50051") as client:
            prediction = await client.predict(Recording(signal=millivolts, sample_rate_hz=100.0))

    Make it where the event loop runs. Methods, arguments and errors are those of `EcgClient`.

    Args:
        address: Host and port of the service, or a target of grpc: `unix:PATH`; or `dns:///HOST:PORT`, whose calls are
            shared out among all addresses of the host, as those of `ipv4:HOST:PORT,HOST:PORT` are among these.
        tls: Certificates; see `EcgClient`.
        token: The bearer token; see `EcgClient`.
        timeout_s: How long one call may take, in seconds. A stream may take as long as it takes.
        tracing: Whether every call is a span of OpenTelemetry; see `EcgClient`.
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        tls: Tls | None = None,
        token: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        tracing: "bool | TracerProvider" = False,
    ) -> None:
        connection = Connection(address, tls, token)
        self._address = address
        self._metadata = connection.metadata
        self._around_call = around_calls(connection.metadata, tracing)
        self._timeout_s = timeout_s
        self._channel = connection.open_async()
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

    async def predict(
        self, recording: Recording, *, include_windows: bool = False, model_version: str = ""
    ) -> Prediction:
        """Classifies one recording; see `EcgClient.predict`."""
        request = ecg_service_pb2.PredictRequest(
            recording=recording_to_proto(recording),
            options=options_to_proto(include_windows=include_windows, model_version=model_version),
        )
        with typed_errors(self._address, self._timeout_s), self._around_call("Predict") as metadata:
            response = await self._service.Predict(request, timeout=self._timeout_s, metadata=metadata)
        return prediction_from_proto(response.prediction)

    async def explain(  # noqa: PLR0913 - each is a choice of the caller's
        self,
        recording: Recording,
        *,
        method: ExplanationMethod = ExplanationMethod.OCCLUSION,
        class_codes: Sequence[str] = (),
        include_lead_times: bool = False,
        window: int | None = None,
        model_version: str = "",
    ) -> Explanation:
        """Classifies one recording, and asks what in it speaks for its classes; see `EcgClient.explain`."""
        request = explain_request_to_proto(
            recording,
            method=method,
            class_codes=class_codes,
            include_lead_times=include_lead_times,
            window=window,
            model_version=model_version,
        )
        with typed_errors(self._address, self._timeout_s), self._around_call("Explain") as metadata:
            response = await self._service.Explain(request, timeout=self._timeout_s, metadata=metadata)
        return explanation_from_proto(response)

    async def predict_stream(  # noqa: PLR0913 - each is a choice of the caller's
        self,
        recordings: AsyncIterable[Recording] | Iterable[Recording],
        *,
        include_windows: bool = False,
        model_version: str = "",
        max_in_flight: int = DEFAULT_MAX_IN_FLIGHT,
        timeout_s: float | None = None,
        resume: Resume | None = DEFAULT_RESUME,
    ) -> AsyncGenerator[RecordingResult, None]:
        """Classifies many recordings over one stream, resumed when it is cut; see `EcgClient.predict_stream`.

        An asynchronous iterable is consumed in a task of its own. An ordinary one is consumed on the event loop: it
        should not block, and cannot wait for a result. Leave early through `contextlib.aclosing`, so that the stream
        is cancelled at once.
        """
        options = options_to_proto(include_windows=include_windows, model_version=model_version)
        sender = AsyncSender(recordings, max_in_flight, options)
        resumption = Resumption(resume, timeout_s)
        sender.start()
        try:
            while True:
                try:
                    with self._opened_stream(sender, resumption) as call:
                        async for response in call:
                            sender.answered(len(response.results))
                            for result in resumption.results(response):
                                yield result
                    cut = stream_ended_early(self._address)
                except grpc.RpcError as error:
                    cut = error_from_rpc(error, self._address, timeout_s, is_stream=True)
                if sender.is_done and is_resumable(cut):
                    break
                await asyncio.sleep(resumption.wait_s(cut, is_idle=sender.is_idle))
        finally:
            sender.close()
        if sender.source_error is not None:
            raise sender.source_error

    @contextlib.contextmanager
    def _opened_stream(self, sender: AsyncSender, resumption: Resumption) -> Iterator[Any]:
        """Opens a stream, which is cancelled at the end, whatever that is."""
        with self._around_call("PredictStream") as metadata:
            call = self._service.PredictStream(sender.requests(), timeout=resumption.remaining_s, metadata=metadata)
            try:
                yield call
            finally:
                call.cancel()

    async def predict_frame(
        self,
        frame: "pd.DataFrame",
        *,
        sample_rate_hz: float | None = None,
        unit: str | None = None,
        model_version: str = "",
        timeout_s: float | None = None,
    ) -> "pd.DataFrame":
        """Classifies the recordings of a pandas DataFrame, one in each row; see `EcgClient.predict_frame`.

        Files are read in another thread.
        """
        from ecg_client.tables.frames import FrameBatch  # noqa: PLC0415 - most callers need no readers of files

        batch = FrameBatch(frame, sample_rate_hz, unit)
        class_codes = (await self.model_summary(model_version=model_version)).class_codes
        results = self.predict_stream(batch.recordings_async(), model_version=model_version, timeout_s=timeout_s)
        async for result in results:
            batch.add(result)
        return batch.predictions(class_codes)

    async def model_summary(self, *, model_version: str = "") -> ModelSummary:
        """Asks which models are being served, and what one of them is; see `EcgClient.model_summary`."""
        request = ecg_service_pb2.ModelSummaryRequest(model_version=model_version)
        with typed_errors(self._address, self._timeout_s), self._around_call("ModelSummary") as metadata:
            response = await self._service.ModelSummary(request, timeout=self._timeout_s, metadata=metadata)
        return model_summary_from_proto(response)

    async def health(self) -> ServingStatus:
        """Asks whether the service takes calls."""
        with typed_errors(self._address, self._timeout_s):
            response = await self._health.Check(
                health_pb2.HealthCheckRequest(service=SERVICE_NAME), timeout=self._timeout_s, metadata=self._metadata
            )
        return ServingStatus(response.status)
