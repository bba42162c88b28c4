"""The standard health service, `List` included, which the asynchronous servicer of grpcio lacks."""

from typing import Any

from grpc_health.v1 import health, health_pb2

from ecg_server.grpc_types import Context


class HealthServicer(health.aio.HealthServicer):
    """Answers what the health of each name is.

    Args:
        names: those that `List` answers for.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names
        self._told: dict[str, int] = {}

    async def set(self, service: str, status: Any) -> None:
        """Have the health of a name be this from now on."""
        self._told[service] = status
        await super().set(service, status)

    def is_serving(self, name: str) -> bool:
        """Return whether what goes by this name is SERVING."""
        return self._told.get(name) == health_pb2.HealthCheckResponse.SERVING

    async def List(self, _request: Any, context: Context) -> Any:  # noqa: N802 - the contract's name
        """Return the health of every name."""
        asked = [health_pb2.HealthCheckRequest(service=name) for name in self._names]
        statuses = {request.service: await self.Check(request, context) for request in asked}
        return health_pb2.HealthListResponse(statuses=statuses)  # type: ignore[attr-defined] # younger than the types
