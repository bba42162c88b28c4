"""Server reflection, under both of its names: v1alpha, which grpcio ships, and v1, which is the same on the wire."""

from typing import Any

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import FileDescriptor
from grpc_reflection.v1alpha import reflection, reflection_pb2
from grpc_reflection.v1alpha._async import ReflectionServicer

REFLECTION_V1 = "grpc.reflection.v1.ServerReflection"


def add_reflection(service_names: tuple[str, ...], server: Any) -> None:
    """Let a server describe these services to tools such as grpcurl, and all messages, details of errors among them."""
    names = (*service_names, reflection.SERVICE_NAME)
    pool: Any = _Descriptors()
    servicer = ReflectionServicer(names, pool)
    reflection.enable_server_reflection(names, server, pool)
    method = grpc.stream_stream_rpc_method_handler(
        servicer.ServerReflectionInfo,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    handlers = grpc.method_handlers_generic_handler(REFLECTION_V1, {"ServerReflectionInfo": method})
    server.add_generic_rpc_handlers((handlers,))


class _Descriptors:
    """All descriptors of this process, as a `DescriptorPool`: one that finds the file of a method, too.

    Reflection has it that methods are symbols, and ghz asks for them; Python's own pool knows services only.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(descriptor_pool.Default(), name)

    def FindFileContainingSymbol(self, symbol: str) -> FileDescriptor:  # noqa: N802 - as DescriptorPool has it
        """Return the file that declares a symbol.

        Raises:
            KeyError: none does.
        """
        pool = descriptor_pool.Default()
        try:
            return pool.FindFileContainingSymbol(symbol)
        except KeyError:
            return pool.FindMethodByName(symbol).containing_service.file
