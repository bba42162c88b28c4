"""Lets go of what a refused call brought.

The error with which gRPC ends a call stands in a circle with the call, and on the way it collects every frame that it
passes, and with them the request: up to a gigabyte of parsed message, until the garbage collector comes by.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import grpc
from grpc import aio

from ecg_server.grpc_types import Context, Continuation

Error = TypeVar("Error", bound=BaseException)


class ReleasingInterceptor(aio.ServerInterceptor):
    """Takes from the errors that end calls what they hold; to be the outermost of the interceptors."""

    async def intercept_service(self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return the method's handler, wrapped; calls of no known method have none."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return handler
        if handler.unary_unary is not None:
            return handler._replace(unary_unary=_releasing_unary(handler.unary_unary))
        if handler.stream_stream is not None:
            return handler._replace(stream_stream=_releasing_stream(handler.stream_stream))
        return handler


def _releasing_unary(method: Callable[[Any, Context], Awaitable[Any]]) -> Callable[[Any, Context], Awaitable[Any]]:
    async def releasing(request: Any, context: Context) -> Any:
        answer = method(request, context)
        del request  # or this frame would hold it
        try:
            return await answer
        except (aio.AbortError, asyncio.CancelledError) as error:
            raise _empty(error) from None

    return releasing


def _releasing_stream(
    method: Callable[[Any, Context], AsyncIterator[Any]],
) -> Callable[[Any, Context], AsyncIterator[Any]]:
    async def releasing(requests: Any, context: Context) -> AsyncIterator[Any]:
        try:
            async for response in method(requests, context):
                yield response
        except (aio.AbortError, asyncio.CancelledError) as error:
            raise _empty(error) from None

    return releasing


def _empty(error: Error) -> Error:
    """Take the frames from an error and from those it came from; they are in the log where they matter."""
    one: BaseException | None = error
    while one is not None:
        earlier = one.__context__
        one.__traceback__ = one.__context__ = None
        one = earlier
    return error
