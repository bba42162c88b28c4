"""What surrounds every call: who it is from, what it may, the status of its error, its line in the log."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from functools import partial
from typing import Any

import grpc
from grpc import aio
from grpc_status import rpc_status

from ecg_server.call import Call, current_call
from ecg_server.status import is_foreseen, status_of

# gRPC's classes are generic only to the type checker, which need not know more here than that they are gRPC's.
Continuation = Callable[[grpc.HandlerCallDetails], Awaitable[Any]]
Context = Any
Around = Callable[[Context], AbstractAsyncContextManager[None]]

logger = logging.getLogger(__name__)


class CallInterceptor(aio.ServerInterceptor):
    """Ends a call whose method raised with the status of its error."""

    async def intercept_service(self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return the method's handler, wrapped; calls of no known method have none."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return handler
        around = partial(self._around, handler_call_details.method)
        if handler.unary_unary is not None:
            return handler._replace(unary_unary=_surround_unary(handler.unary_unary, around))
        if handler.stream_stream is not None:
            return handler._replace(stream_stream=_surround_stream(handler.stream_stream, around))
        return handler

    @asynccontextmanager
    async def _around(self, method: str, context: Context) -> AsyncIterator[None]:
        call = Call(method=method)
        current_call.set(call)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the caller learns of every error, if only that it is internal
            await _abort(context, error)


def _surround_unary(method: Callable[[Any, Context], Awaitable[Any]], around: Around) -> Callable[..., Awaitable[Any]]:
    async def surrounded(request: Any, context: Context) -> Any:
        async with around(context):
            return await method(request, context)

    return surrounded


def _surround_stream(
    method: Callable[[Any, Context], AsyncGenerator[Any, None]], around: Around
) -> Callable[..., AsyncIterator[Any]]:
    async def surrounded(requests: Any, context: Context) -> AsyncIterator[Any]:
        async with around(context), aclosing(method(requests, context)) as responses:
            async for response in responses:
                yield response

    return surrounded


async def _abort(context: Context, error: Exception) -> None:
    # What a method aborted itself is answered already; so is what it could not send because the caller has gone.
    if isinstance(error, (aio.AbortError, aio.UsageError)):
        raise error
    if not is_foreseen(error):
        logger.error("a call failed", exc_info=error)
    status = rpc_status.to_status(status_of(error))
    await context.abort(status.code, status.details, status.trailing_metadata)
