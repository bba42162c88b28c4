"""An ordinary caller, who notices when the server does not do its work."""

from typing import Any

from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2, ecg_service_pb2_grpc
from ecg_client.convert import recording_to_proto
from ecg_client.formats.synthetic import generate_recording

TIMEOUT_SECONDS = 20
TOLERANCE = 1e-5


class Probe:
    """Asks what it asked before, and expects the answer that it got.

    Args:
        channel: to the server.
    """

    def __init__(self, channel: aio.Channel) -> None:
        self._service = ecg_service_pb2_grpc.EcgServiceStub(channel)
        self._health: Any = health_pb2_grpc.HealthStub(channel)
        self._request = ecg_service_pb2.PredictRequest(recording=recording_to_proto(generate_recording(1)))
        self._expected: list[float] = []

    async def check(self) -> None:
        """Check that the server is SERVING and answers right, in time.

        Raises:
            AssertionError: it is not, or does not.
        """
        response = await self._service.Predict(self._request, timeout=TIMEOUT_SECONDS)
        probabilities = [one.probability for one in response.prediction.classes]
        self._expected = self._expected or probabilities
        if any(abs(one - other) > TOLERANCE for one, other in zip(probabilities, self._expected, strict=True)):
            raise AssertionError(f"the server answers {probabilities}, and answered {self._expected}")
        health = await self._health.Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT_SECONDS)
        if health.status != health_pb2.HealthCheckResponse.SERVING:
            raise AssertionError(f"health is {health.status}")
