"""What runs in Serve's proxies: the services that they offer.

A proxy passes the bytes of messages on as they are; a replica parses them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from ray.serve._private.proxy_request_response import gRPCStreamingType

from ecg.v1 import ecg_service_pb2
from ecg_cluster.proxied_call import ProxiedCall
from ecg_cluster.proxy_health import ProxyHealth
from ecg_server.reflection import REFLECTION_V1, add_reflection
from ecg_server.server import SERVICE_NAME

HEALTH_NAME = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name


def add_services(_: object, server: Any) -> None:
    """Add this project's service, health and reflection to a proxy: what Serve calls a servicer function."""
    for name in (SERVICE_NAME, HEALTH_NAME, reflection.SERVICE_NAME, REFLECTION_V1):
        # The proxy takes their methods as they are; those that go to replicas do so from here.
        server.add_passthrough_service(name)
    service = ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"]
    methods = {f"/{SERVICE_NAME}/{method.name}": method.client_streaming for method in service.methods}
    handlers = {name: _handler(server, name, is_stream=is_stream) for name, is_stream in methods.items()}
    server.add_generic_rpc_handlers((_Handlers(handlers),))
    health_pb2_grpc.add_HealthServicer_to_server(ProxyHealth(server.service_handler_factory), server)
    add_reflection((SERVICE_NAME, HEALTH_NAME), server)


class _Handlers(grpc.GenericRpcHandler):
    """Methods by their full names, under the attribute where Serve looks for them."""

    def __init__(self, methods: dict[str, Any]) -> None:
        self._method_handlers = methods

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return a method; None: it is none of these."""
        return self._method_handlers.get(handler_call_details.method)


def _handler(server: Any, name: str, *, is_stream: bool) -> Any:
    """Return what answers a method's calls with a replica's answers, bytes to bytes."""
    if not is_stream:
        call = server.service_handler_factory(name, gRPCStreamingType.UNARY_UNARY)
        return grpc.unary_unary_rpc_method_handler(_answering(call))
    stream = server.service_handler_factory(name, gRPCStreamingType.STREAM_STREAM)
    return grpc.stream_stream_rpc_method_handler(_streaming(stream))


def _answering(call: Callable[[bytes, Any], Awaitable[bytes]]) -> Callable[[bytes, Any], Awaitable[bytes]]:
    async def answering(request: bytes, context: Any) -> bytes:
        proxied = ProxiedCall(context)
        answer = await call(request, proxied)
        proxied.tell()
        return answer

    return answering


def _streaming(
    stream: Callable[[AsyncIterator[bytes], Any], AsyncIterator[bytes]],
) -> Callable[[AsyncIterator[bytes], Any], AsyncIterator[bytes]]:
    async def streaming(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        proxied = ProxiedCall(context)
        async for answer in stream(requests, proxied):
            # An empty one only brings the status. Answers have one result at least.
            if answer:
                yield answer
        proxied.tell()

    return streaming
