"""The blocking client."""

import contextlib
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2, ecg_service_pb2_grpc
from ecg_client.connection import DEFAULT_ADDRESS, DEFAULT_TIMEOUT_S, SERVICE_NAME, Connection
from ecg_client.convert import (
    model_summary_from_proto,
    options_to_proto,
    prediction_from_proto,
    recording_to_proto,
)
from ecg_client.convert_explanation import explain_request_to_proto, explanation_from_proto
from ecg_client.errors import ServiceError
from ecg_client.explanation import Explanation, ExplanationMethod
from ecg_client.model_summary import ModelSummary, ServingStatus
from ecg_client.outbox import DEFAULT_MAX_IN_FLIGHT
from ecg_client.prediction import Prediction, RecordingResult
from ecg_client.recording import Recording
from ecg_client.resumption import DEFAULT_RESUME, Resume, Resumption, is_resumable
from ecg_client.sender import Sender
from ecg_client.status import error_from_rpc, stream_ended_early, typed_errors
from ecg_client.tls import Tls
from ecg_client.tracing import around_calls

if TYPE_CHECKING:
    import pandas as pd
    from opentelemetry.trace import TracerProvider


class EcgClient:
    """Classifies recordings at a service, over one connection. May be used by several threads at once.

        with EcgClient("127.0.0.1:50051") as client:
            prediction = client.predict(Recording(signal=millivolts, sample_rate_hz=100.0))

    Args:
        address: Host and port of the service, or a target of grpc: `unix:PATH`; or `dns:///HOST:PORT`, whose calls are
            shared out among all addresses of the host, as those of `ipv4:HOST:PORT,HOST:PORT` are among these.
        tls: Certificates, of which `Tls()` trusts what this machine trusts; None is plain text.
        token: The bearer token that the service knows its caller by. It is sent in plain text only to this machine.
        timeout_s: How long one call may take, in seconds. A stream may take as long as it takes.
        tracing: Whether every call is a span of OpenTelemetry, which the service's spans are children of: True, for the
            provider that the program has set, or a provider. Health is not traced.

    Raises:
        InvalidAddressError: The address names no host and port.
        InvalidCredentialsError: The token or a file of certificates cannot be used.
        MissingExtraError: Tracing is wanted, and OpenTelemetry is not installed.

    Every method raises `ServiceError`, or what derives from it, when the call fails. A call that finds the service
    unavailable is made again, some times within its timeout; a stream that is cut is resumed.
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
        self._channel = connection.open()
        self._service = ecg_service_pb2_grpc.EcgServiceStub(self._channel)
        # Its type stubs leave out what it can do.
        self._health: Any = health_pb2_grpc.HealthStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; calls in progress are cancelled."""
        self._channel.close()

    def predict(self, recording: Recording, *, include_windows: bool = False, model_version: str = "") -> Prediction:
        """Classifies one recording.

        Args:
            recording: The recording.
            include_windows: Whether the prediction has `windows`, what the network said of each window.
            model_version: Which of the service's models is to answer, by label or version; empty: its usual one.

        Raises:
            RecordingRefusedError: The recording cannot be classified; its `field_violations` say what to change.
            UnknownModelError: The service has no such model.
        """
        request = ecg_service_pb2.PredictRequest(
            recording=recording_to_proto(recording),
            options=options_to_proto(include_windows=include_windows, model_version=model_version),
        )
        with typed_errors(self._address, self._timeout_s), self._around_call("Predict") as metadata:
            response = self._service.Predict(request, timeout=self._timeout_s, metadata=metadata)
        return prediction_from_proto(response.prediction)

    def explain(  # noqa: PLR0913 - each is a choice of the caller's
        self,
        recording: Recording,
        *,
        method: ExplanationMethod = ExplanationMethod.OCCLUSION,
        class_codes: Sequence[str] = (),
        include_lead_times: bool = False,
        window: int | None = None,
        model_version: str = "",
    ) -> Explanation:
        """Classifies one recording, and asks what in it speaks for its classes.

        It costs the service as much as some forty predictions, and waits its turn there; docs/explanations.md says how
        far it can be trusted.

        Args:
            recording: The recording.
            method: How it is found out.
            class_codes: The classes to explain, such as "MI"; empty: all.
            include_lead_times: Whether each half second of each lead is looked at by itself; by occlusion that costs
                seven times as much.
            window: The one window of a long recording to explain, counted from 0; None: all of it, if that is not too
                much for the service (`Limits.max_explanation_windows`).
            model_version: Which of the service's models is to answer, by label or version; empty: its usual one.

        Raises:
            RecordingRefusedError: The recording cannot be classified, the model has no such class, the recording no
                such window, or it would cost too much; `field_violations` say what to change.
            NotExplainableError: The service cannot explain by this method.
            LimitExceededError: Too many explanations wait there already; `retry_after_s` says when to ask again.
            UnknownModelError: The service has no such model.
        """
        request = explain_request_to_proto(
            recording,
            method=method,
            class_codes=class_codes,
            include_lead_times=include_lead_times,
            window=window,
            model_version=model_version,
        )
        with typed_errors(self._address, self._timeout_s), self._around_call("Explain") as metadata:
            response = self._service.Explain(request, timeout=self._timeout_s, metadata=metadata)
        return explanation_from_proto(response)

    def predict_stream(  # noqa: PLR0913 - each is a choice of the caller's
        self,
        recordings: Iterable[Recording],
        *,
        include_windows: bool = False,
        model_version: str = "",
        max_in_flight: int = DEFAULT_MAX_IN_FLIGHT,
        timeout_s: float | None = None,
        resume: Resume | None = DEFAULT_RESUME,
    ) -> Generator[RecordingResult, None, None]:
        """Classifies many recordings over one stream, and over another one when that is cut.

        The iterable is consumed in another thread, as far ahead of the results as `max_in_flight` allows, and no
        recording waits for the next one. Leave the results early by closing them (or by letting go of them): the
        stream is cancelled, and no more recordings are taken.

        Whatever cuts the stream (a connection that is reset, a server that is killed, restarted or too busy), a new one
        takes up where it ended: each recording gets one result, in order. The logger `ecg_client` tells of it. What was
        on its way may be computed twice.

        Args:
            recordings: The recordings. What it raises is raised here, after the results of what it yielded before.
            include_windows: Whether predictions have `windows`, what the network said of each window.
            model_version: Which of the service's models is to answer, by label or version; empty: its usual one.
            max_in_flight: How many recordings may be on their way at once: sent, and sent again, but not answered.
            timeout_s: How long the whole stream may take, in seconds; None is for ever.
            resume: How patiently a stream that was cut is resumed; None: not at all.

        Yields:
            One result for each recording, in order. A recording that cannot be classified has an `error` in its
            result, and the stream goes on.

        Raises:
            ServiceError: The stream ended early, after the results that did arrive.
        """
        options = options_to_proto(include_windows=include_windows, model_version=model_version)
        sender = Sender(recordings, max_in_flight, options)
        resumption = Resumption(resume, timeout_s)
        sender.start()
        try:
            while True:
                cut = yield from self._one_stream(sender, resumption, timeout_s)
                if sender.is_done and is_resumable(cut):
                    break
                time.sleep(resumption.wait_s(cut, is_idle=sender.is_idle))
        finally:
            sender.close()
        if sender.source_error is not None:
            raise sender.source_error

    def _one_stream(
        self, sender: Sender, resumption: Resumption, timeout_s: float | None
    ) -> Generator[RecordingResult, None, ServiceError]:
        """Yields results until the stream ends; returns how it did, which is early unless the sender is done."""
        try:
            with self._opened_stream(sender, resumption) as call:
                for response in call:
                    sender.answered(len(response.results))
                    yield from resumption.results(response)
        except grpc.RpcError as error:
            return error_from_rpc(error, self._address, timeout_s, is_stream=True)
        return stream_ended_early(self._address)

    @contextlib.contextmanager
    def _opened_stream(self, sender: Sender, resumption: Resumption) -> Iterator[Any]:
        """Opens a stream, which is cancelled at the end, whatever that is."""
        with self._around_call("PredictStream") as metadata:
            call = self._service.PredictStream(sender.requests(), timeout=resumption.remaining_s, metadata=metadata)
            try:
                yield call
            finally:
                call.cancel()

    def predict_frame(
        self,
        frame: "pd.DataFrame",
        *,
        sample_rate_hz: float | None = None,
        unit: str | None = None,
        model_version: str = "",
        timeout_s: float | None = None,
    ) -> "pd.DataFrame":
        """Classifies the recordings of a pandas DataFrame, one in each row, over one stream.

        ::

            frame = pd.DataFrame({"path": sorted(Path("records").rglob("*.hea")), "age_years": 61})
            predictions = client.predict_frame(frame)
            frame.join(predictions[["MI_probability", "findings", "reason"]])

        A value that is missing (NaN, None, NA) is unknown. Columns that are not named here are left alone.

        Args:
            frame: Either a column `path`, a file of any format that can be read, with `number`, counted from 0, where
                it holds several recordings; or a column `signal`, arrays [sample, lead] in millivolts, with
                `sample_rate_hz`, and `lead_names` unless the leads are the twelve or the `INDEPENDENT_LEADS` in their
                usual order. Integers need `microvolts_per_unit`. Optional: `recording_id`, `age_years`, `sex` ("male",
                "female", "m", "f" or a `Sex`), `height_cm`, `weight_kg`, `has_pacemaker`, `first_infarction_stage` and
                `second_infarction_stage`; they go before what a file says.
            sample_rate_hz: The sample rate of signals and files that do not say it, in hertz.
            unit: The unit of files that do not say it, such as "uV".
            model_version: Which of the service's models is to answer, by label or version; empty: its usual one.
            timeout_s: How long all of it may take, in seconds; None is for ever.

        Returns:
            A DataFrame with the same index and the columns that docs/batch.md lists. A recording that cannot be read or
            classified has a `reason` and a `message` in place of a prediction.

        Raises:
            InvalidFrameError: The frame has not the columns that it needs.
            MissingExtraError: pandas, or what reads one of the files, is not installed.
            ServiceError: The stream ended early; no result is kept. For many thousands use `ecg stream --output`.
        """
        from ecg_client.tables.frames import FrameBatch  # noqa: PLC0415 - most callers need no readers of files

        batch = FrameBatch(frame, sample_rate_hz, unit)
        class_codes = self.model_summary(model_version=model_version).class_codes
        for result in self.predict_stream(batch.recordings(), model_version=model_version, timeout_s=timeout_s):
            batch.add(result)
        return batch.predictions(class_codes)

    def model_summary(self, *, model_version: str = "") -> ModelSummary:
        """Asks which models are being served, and what one of them is.

        Args:
            model_version: Which to describe, by label or version; empty: the usual one.

        Raises:
            UnknownModelError: The service has no such model.
        """
        request = ecg_service_pb2.ModelSummaryRequest(model_version=model_version)
        with typed_errors(self._address, self._timeout_s), self._around_call("ModelSummary") as metadata:
            response = self._service.ModelSummary(request, timeout=self._timeout_s, metadata=metadata)
        return model_summary_from_proto(response)

    def health(self) -> ServingStatus:
        """Asks whether the service takes calls."""
        with typed_errors(self._address, self._timeout_s):
            response = self._health.Check(
                health_pb2.HealthCheckRequest(service=SERVICE_NAME), timeout=self._timeout_s, metadata=self._metadata
            )
        return ServingStatus(response.status)
