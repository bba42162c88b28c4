"""The standard health service in Serve's proxies, beside Serve's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from ray.serve._private.proxy_request_response import gRPCStreamingType

from ecg_cluster.proxied_call import ProxiedCall
from ecg_server.server import HEALTH_NAMES

# How long a replica may take to tell its health, and how often it is asked for those who watch it.
REPLICA_SECONDS = 2.0
WATCH_SECONDS = 1.0

Call = Callable[[bytes, Any], Awaitable[bytes]]

_Status = health_pb2.HealthCheckResponse


class ProxyHealth(health_pb2_grpc.HealthServicer):
    """Health as some replica tells it; NOT_SERVING where none does, or where the proxy itself is to go.

    Args:
        route: returns what sends the calls of a method to replicas, or to the proxy itself.
    """

    def __init__(self, route: Callable[[str, gRPCStreamingType], Call]) -> None:
        self._proxy = route("/ray.serve.RayServeAPIService/Healthz", gRPCStreamingType.UNARY_UNARY)
        self._replica = route("/grpc.health.v1.Health/Check", gRPCStreamingType.UNARY_UNARY)

    async def Check(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's name
        """Return the health of a name; NOT_FOUND: there is no such name."""
        status = await self._status(request.service, context)
        if status == _Status.SERVICE_UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND)
        return _Status(status=status)

    async def List(self, _: Any, context: Any) -> Any:  # noqa: N802 - the contract's name
        """Return the health of every name."""
        statuses = {name: _Status(status=await self._status(name, context)) for name in HEALTH_NAMES}
        return health_pb2.HealthListResponse(statuses=statuses)  # type: ignore[attr-defined] # younger than the types

    async def Watch(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802 - the contract's name
        """Yield the health of a name, and whenever it changes."""
        last = None
        while True:
            status = await self._status(request.service, context)
            if status != last:
                yield _Status(status=status)
            last = status
            await asyncio.sleep(WATCH_SECONDS)

    async def _status(self, name: str, context: Any) -> int:
        if name not in HEALTH_NAMES:
            return int(_Status.SERVICE_UNKNOWN)
        of_proxy, of_replica = ProxiedCall(context), ProxiedCall(context)
        try:
            async with asyncio.timeout(REPLICA_SECONDS):
                await self._proxy(b"", of_proxy)
                answer = await self._replica(
                    health_pb2.HealthCheckRequest(service=name).SerializeToString(), of_replica
                )
        except TimeoutError:
            return int(_Status.NOT_SERVING)
        if of_proxy.has_failed or of_replica.has_failed:
            return int(_Status.NOT_SERVING)
        return int(_Status.FromString(answer).status)
