"""Server reflection, under both of its names: v1alpha, which grpcio ships, and v1, which is the same on the wire."""

from typing import Any

import grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2
from grpc_reflection.v1alpha._async import ReflectionServicer

REFLECTION_V1 = "grpc.reflection.v1.ServerReflection"


def add_reflection(service_names: tuple[str, ...], server: Any) -> None:
    """Let a server describe these services to tools such as grpcurl."""
    servicer = ReflectionServicer((*service_names, reflection.SERVICE_NAME))
    reflection.enable_server_reflection((*service_names, reflection.SERVICE_NAME), server)
    method = grpc.stream_stream_rpc_method_handler(
        servicer.ServerReflectionInfo,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    handlers = grpc.method_handlers_generic_handler(REFLECTION_V1, {"ServerReflectionInfo": method})
    server.add_generic_rpc_handlers((handlers,))
