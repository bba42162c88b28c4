"""The blocking client."""

import contextlib
from collections.abc import Generator, Iterable, Iterator
from typing import Any, Self

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2, ecg_service_pb2_grpc
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
from ecg_client.sender import Sender
from ecg_client.status import error_from_rpc, stream_ended_early


class EcgClient:
    """Classifies recordings at a service, over one connection. May be used by several threads at once.

    ::

        with EcgClient("127.0.0.1:50051") as client:
            prediction = client.predict(Recording(signal=millivolts, sample_rate_hz=100.0))

    Args:
        address: Host and port of the service, or a target of grpc, such as `unix:PATH` or `dns:///HOST:PORT`.
        timeout_s: How long one call may take, in seconds. A stream may take as long as it takes.

    Raises:
        InvalidAddressError: The address names no host and port.

    Every method raises `ServiceError`, or what derives from it, when the call fails.
    """

    def __init__(self, address: str = DEFAULT_ADDRESS, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self._address = checked_address(address)
        self._timeout_s = timeout_s
        self._channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
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

    def predict(self, recording: Recording, *, include_windows: bool = False) -> Prediction:
        """Classifies one recording.

        Args:
            recording: The recording.
            include_windows: Whether the prediction has `windows`, what the network said of each window.

        Raises:
            RecordingRefusedError: The recording cannot be classified; its `field_violations` say what to change.
        """
        request = ecg_service_pb2.PredictRequest(
            recording=recording_to_proto(recording), options=options_to_proto(include_windows=include_windows)
        )
        with self._typed_errors():
            return prediction_from_proto(self._service.Predict(request, timeout=self._timeout_s).prediction)

    def predict_stream(
        self,
        recordings: Iterable[Recording],
        *,
        include_windows: bool = False,
        max_in_flight: int = DEFAULT_MAX_IN_FLIGHT,
        timeout_s: float | None = None,
    ) -> Generator[RecordingResult, None, None]:
        """Classifies many recordings over one stream.

        The iterable is consumed in another thread, as far ahead of the results as `max_in_flight` allows, and no
        recording waits for the next one. Leave the results early by closing them (or by letting go of them): the
        stream is cancelled, and no more recordings are taken.

        Args:
            recordings: The recordings. What it raises is raised here, after the results of what it yielded before.
            include_windows: Whether predictions have `windows`, what the network said of each window.
            max_in_flight: How many recordings may be on their way at once.
            timeout_s: How long the whole stream may take, in seconds; None is for ever.

        Yields:
            One result for each recording, in order. A recording that cannot be classified has an `error` in its
            result, and the stream goes on.

        Raises:
            ServiceError: The stream ended early, after the results that did arrive.
        """
        sender = Sender(recordings, max_in_flight, options_to_proto(include_windows=include_windows))
        call = self._service.PredictStream(sender.requests(), timeout=timeout_s)
        sender.start()
        try:
            for response in call:
                sender.answered(len(response.results))
                yield from map(result_from_proto, response.results)
        except grpc.RpcError as error:
            raise error_from_rpc(error, self._address, timeout_s, is_stream=True) from error
        finally:
            sender.close()
            call.cancel()
        if sender.source_error is not None:
            raise sender.source_error
        if not sender.is_done:
            raise stream_ended_early(self._address)

    def model_summary(self) -> ModelSummary:
        """Asks which model is being served."""
        with self._typed_errors():
            response = self._service.ModelSummary(ecg_service_pb2.ModelSummaryRequest(), timeout=self._timeout_s)
        return model_summary_from_proto(response)

    def health(self) -> ServingStatus:
        """Asks whether the service takes calls."""
        with self._typed_errors():
            response = self._health.Check(health_pb2.HealthCheckRequest(), timeout=self._timeout_s)
        return ServingStatus(response.status)

    @contextlib.contextmanager
    def _typed_errors(self) -> Iterator[None]:
        try:
            yield
        except grpc.RpcError as error:
            raise error_from_rpc(error, self._address, self._timeout_s) from error
