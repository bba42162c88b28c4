"""Messages that cannot be parsed: the caller's fault, and answered as such.

gRPC parses a message before any method or interceptor sees it. Left to itself it ends a unary call with UNKNOWN and the
parser's words, and breaks off whatever reads a stream as if the server were at fault.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from grpc import aio
from grpc_status import rpc_status

from ecg_server.errors import MessageUnreadableError
from ecg_server.grpc_types import Context, Continuation
from ecg_server.status import status_of

Parse = Callable[[bytes], Any]

# What a method is given in place of a message that cannot be parsed.
_UNREADABLE = object()


class UnreadableMessageInterceptor(aio.ServerInterceptor):
    """Ends a call whose message cannot be parsed with INVALID_ARGUMENT, whichever service it is for.

    An interceptor further out makes the error a status, but for methods that answer one request with a stream: such
    are those who watch health, whom that interceptor lets be.
    """

    async def intercept_service(self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return the method's handler, wrapped; calls of no known method have none."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.request_deserializer is None:
            return handler
        if handler.request_streaming:
            return handler._replace(request_deserializer=_raising(handler.request_deserializer))
        tolerant = handler._replace(request_deserializer=_tolerant(handler.request_deserializer))
        if handler.response_streaming:
            return tolerant._replace(unary_stream=_refusing_stream(handler.unary_stream))
        return tolerant._replace(unary_unary=_refusing_unary(handler.unary_unary))


def _raising(parse: Parse) -> Parse:
    def parsed(content: bytes) -> Any:
        try:
            return parse(content)
        except DecodeError:
            raise MessageUnreadableError from None

    return parsed


def _tolerant(parse: Parse) -> Parse:
    def parsed(content: bytes) -> Any:
        try:
            return parse(content)
        except DecodeError:
            return _UNREADABLE

    return parsed


def _refusing_unary(method: Callable[[Any, Context], Awaitable[Any]]) -> Callable[[Any, Context], Awaitable[Any]]:
    async def refusing(request: Any, context: Context) -> Any:
        if request is _UNREADABLE:
            raise MessageUnreadableError
        return await method(request, context)

    return refusing


def _refusing_stream(
    method: Callable[[Any, Context], Awaitable[Any] | AsyncIterator[Any]],
) -> Callable[[Any, Context], Awaitable[None]]:
    async def refusing(request: Any, context: Context) -> None:
        if request is _UNREADABLE:
            await _abort(context)
        responses = method(request, context)
        # A method writes its responses by itself, or yields them.
        if isinstance(responses, Awaitable):
            await responses
        else:
            async for response in responses:
                await context.write(response)

    return refusing


async def _abort(context: Context) -> None:
    status = rpc_status.to_status(status_of(MessageUnreadableError()))
    await context.abort(status.code, status.details, status.trailing_metadata)
