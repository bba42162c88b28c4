"""The one place where an error becomes the status of a call."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import grpc
from grpc import aio
from grpc_status import rpc_status

from ecg_server.status import is_foreseen, status_of

# gRPC's classes are generic only to the type checker, which need not know more here than that they are gRPC's.
Continuation = Callable[[grpc.HandlerCallDetails], Awaitable[Any]]
Context = Any

logger = logging.getLogger(__name__)


class StatusInterceptor(aio.ServerInterceptor):
    """Ends a call whose method raised with the status of its error."""

    async def intercept_service(self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return the method's handler, wrapped; calls of no known method have none."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return handler
        if handler.unary_unary is not None:
            return handler._replace(unary_unary=_guard_unary(handler.unary_unary))
        if handler.stream_stream is not None:
            return handler._replace(stream_stream=_guard_stream(handler.stream_stream))
        return handler


def _guard_unary(method: Callable[[Any, Context], Awaitable[Any]]) -> Callable[[Any, Context], Awaitable[Any]]:
    async def guarded(request: Any, context: Context) -> Any:
        try:
            return await method(request, context)
        except Exception as error:  # noqa: BLE001 - the caller learns of every error, if only that it is internal
            await _abort(context, error)

    return guarded


def _guard_stream(
    method: Callable[[Any, Context], AsyncGenerator[Any, None]],
) -> Callable[[Any, Context], AsyncIterator[Any]]:
    async def guarded(requests: Any, context: Context) -> AsyncIterator[Any]:
        try:
            async with aclosing(method(requests, context)) as responses:
                async for response in responses:
                    yield response
        except Exception as error:  # noqa: BLE001 - the caller learns of every error, if only that it is internal
            await _abort(context, error)

    return guarded


async def _abort(context: Context, error: Exception) -> None:
    # What a method aborted itself is answered already; so is what it could not send because the caller has gone.
    if isinstance(error, (aio.AbortError, aio.UsageError)):
        raise error
    if not is_foreseen(error):
        logger.error("a call failed", exc_info=error)
    status = rpc_status.to_status(status_of(error))
    await context.abort(status.code, status.details, status.trailing_metadata)
