"""The gRPC service, as the gateway calls it."""

import asyncio
import logging
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import grpc
import grpc.aio
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from starlette.requests import Request

from ecg.v1 import ecg_service_pb2
from ecg_client.connection import SERVICE_NAME, Connection
from ecg_gateway.errors import CallerGoneError, ServiceCallError
from ecg_gateway.passed_on import metadata_of, timeout_of
from ecg_gateway.status import status_of_call

HEALTH_SECONDS = 2.0
# gRPC tells the service in whole milliseconds how long a call may take, so its time may be over there a little earlier.
CLOCKS_APART_SECONDS = 0.01

_METHODS: Mapping[str, MethodDescriptor] = ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"].methods_by_name

logger = logging.getLogger(__name__)


def request_type(rpc: str) -> type[Message]:
    """Return the message that a method of the contract takes, such as `PredictRequest` of "Predict"."""
    return GetMessageClass(_METHODS[rpc].input_type)


def response_type(rpc: str) -> type[Message]:
    """Return the message that a method of the contract answers."""
    return GetMessageClass(_METHODS[rpc].output_type)


class Service:
    """The service at the other end of one connection.

    Args:
        connection: where it is, and the certificates for it.
        timeout_seconds: how long a call may take at most.
    """

    def __init__(self, connection: Connection, timeout_seconds: float) -> None:
        self._connection = connection
        self._timeout_seconds = timeout_seconds
        self._channel: grpc.aio.Channel | None = None
        # To look a method up costs as much as to call it.
        self._method = cache(self._looked_up)

    async def open(self) -> None:
        """Be ready for calls, on the running event loop. The connection itself is made by the first."""
        self._channel = self._connection.open_async()

    async def close(self) -> None:
        """Cancel the calls in progress."""
        if self._channel is not None:
            await self._channel.close()

    async def call(self, rpc: str, message: Message, request: Request) -> Any:
        """Call a method of the contract on behalf of an HTTP request, whose body is read.

        The request's bearer token, request id, trace context and timeout go with the call; when its caller leaves, the
        call is cancelled.

        Args:
            rpc: the method's name, such as "Predict".
            message: what it takes.
            request: the HTTP request.

        Returns:
            What it answers, an instance of `response_type(rpc)`.

        Raises:
            ServiceCallError: the call ended with another status than OK.
            CallerGoneError: the HTTP caller has left.
            RequestError: a header cannot be passed on.
        """
        timeout = timeout_of(request.headers, self._timeout_seconds)
        began = time.monotonic()
        call = self._method(rpc)(message, timeout=timeout, metadata=metadata_of(request))
        watching = asyncio.create_task(_cancel_when_gone(request, call))
        try:
            return await call
        except grpc.aio.AioRpcError as error:
            is_over = time.monotonic() - began >= timeout - CLOCKS_APART_SECONDS
            raise ServiceCallError(status_of_call(error, is_over=is_over)) from error
        except asyncio.CancelledError:
            if watching.done():
                raise CallerGoneError from None
            raise
        finally:
            watching.cancel()

    async def is_serving(self) -> bool:
        """Return whether the service says of itself that it takes calls."""
        # Its type stubs leave out what it can do.
        health: Any = health_pb2_grpc.HealthStub(self._open_channel)
        try:
            request = health_pb2.HealthCheckRequest(service=SERVICE_NAME)
            response = await health.Check(request, timeout=HEALTH_SECONDS)
        except grpc.aio.AioRpcError as error:
            logger.warning("the service's health cannot be asked: %s", error.code().name)
            return False
        return bool(response.status == health_pb2.HealthCheckResponse.SERVING)

    def _looked_up(self, rpc: str) -> Any:
        return self._open_channel.unary_unary(
            f"/{SERVICE_NAME}/{rpc}",
            request_serializer=request_type(rpc).SerializeToString,
            response_deserializer=response_type(rpc).FromString,
        )

    @property
    def _open_channel(self) -> grpc.aio.Channel:
        if self._channel is None:
            raise RuntimeError("open() comes first")
        return self._channel


async def _cancel_when_gone(request: Request, call: Any) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    call.cancel()
