"""What surrounds every call: who it is from, what it may, the status of its error, its line in the log."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, contextmanager
from functools import partial
from typing import Any
from urllib.parse import unquote

import grpc
from grpc import aio
from grpc_status import rpc_status

from ecg_server.access.gate import Gate
from ecg_server.access.shares import Shares
from ecg_server.call import Audit, Call, current_call
from ecg_server.errors import UnauthenticatedError
from ecg_server.grpc_types import Context, Continuation
from ecg_server.records.call_log import REQUEST_ID_KEY, request_id_of, write_call
from ecg_server.status import is_foreseen, recording_error, status_of
from ecg_server.telemetry.observer import Observer

Metadata = Iterable[tuple[str, str | bytes]]
Around = Callable[[Context], AbstractAsyncContextManager[None]]

# Probes bring no credentials, and are to be answered whoever else is kept out.
HEALTH_METHODS = "/grpc.health.v1.Health/"

logger = logging.getLogger(__name__)


class CallInterceptor(aio.ServerInterceptor):
    """Lets a call in or not, ends it with the status of its error if it has one, and writes it down.

    Args:
        gate: who may call.
        shares: how much each caller may have.
        audit: where it is written down what was answered; None: nowhere.
        observers: who is told what becomes of calls.
    """

    def __init__(
        self, gate: Gate, shares: Shares, audit: Audit | None = None, observers: tuple[Observer, ...] = ()
    ) -> None:
        self._gate = gate
        self._shares = shares
        self._audit = audit
        self._observers = observers

    async def intercept_service(self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return the method's handler, wrapped; calls of no known method have none."""
        method = handler_call_details.method
        around = partial(self._around, method)
        if not (method.startswith(HEALTH_METHODS) or self._gate.knows(handler_call_details.invocation_metadata)):
            # As if the caller sent a stream: of that gRPC reads nothing until it is asked for, and here it never is.
            return grpc.stream_unary_rpc_method_handler(_surround_unary(_refuse, around))
        handler = await continuation(handler_call_details)
        if handler is None:
            return handler
        if handler.unary_unary is not None:
            return handler._replace(unary_unary=_surround_unary(handler.unary_unary, around))
        if handler.stream_stream is not None:
            return handler._replace(stream_stream=_surround_stream(handler.stream_stream, around))
        if not method.startswith(HEALTH_METHODS):
            raise TypeError(f"{method} is of a kind that nobody guards")
        # Those who watch health are let be.
        return handler

    @asynccontextmanager
    async def _around(self, method: str, context: Context) -> AsyncIterator[None]:
        metadata = context.invocation_metadata()
        call = Call(
            request_id_of(metadata),
            method,
            peer_address(context.peer()),
            audit=self._audit,
            observers=self._observers,
        )
        current_call.set(call)
        for observer in self._observers:
            observer.call_began(call, metadata)
        context.set_trailing_metadata(((REQUEST_ID_KEY, call.request_id),))
        try:
            with self._let_in(call, metadata, context):
                yield
        except Exception as error:  # noqa: BLE001 - the caller learns of every error, if only that it is internal
            await _abort(context, error, call)
        except BaseException:
            call.status = grpc.StatusCode.CANCELLED.name
            raise
        finally:
            ended = time.monotonic()
            for observer in self._observers:
                observer.call_ended(call, ended - call.started)
            write_call(call, ended)

    @contextmanager
    def _let_in(self, call: Call, metadata: Metadata, context: Context) -> Iterator[None]:
        if call.method.startswith(HEALTH_METHODS):
            yield
            return
        call.caller = self._gate.caller_of(metadata, context.auth_context(), call.peer)
        call.share = self._shares.share_of(call.caller)
        with call.share.open_call():
            yield


def peer_address(peer: str) -> str:
    """Return the address, without port, of a peer such as `ipv4:127.0.0.1:50051` or `ipv6:%5B::1%5D:50051`."""
    scheme, _, address = unquote(peer).partition(":")
    return address.rpartition(":")[0].strip("[]") if scheme in {"ipv4", "ipv6"} else peer


async def _refuse(_requests: object, _context: Context) -> None:
    """Refuse a call that the gate let in, though its token is none: it cannot come to that."""
    raise UnauthenticatedError


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


async def _abort(context: Context, error: Exception, call: Call) -> None:
    # What could not be sent because the caller has gone needs no status.
    if isinstance(error, aio.UsageError):
        call.status = grpc.StatusCode.CANCELLED.name
        raise error
    # It is answered: health says NOT_FOUND by itself, of a name that it does not know.
    if isinstance(error, aio.AbortError):
        call.status = context.code().name
        raise error
    if not is_foreseen(error):
        logger.error("a call failed", exc_info=error, extra={"request_id": call.request_id})
    status = rpc_status.to_status(status_of(error))
    call.status = status.code.name
    call.reason = recording_error(error).reason
    try:
        await context.abort(status.code, status.details, (*status.trailing_metadata, (REQUEST_ID_KEY, call.request_id)))
    except aio.InternalError:
        # The caller has gone at this very moment, its own time being over too: no fault, for gRPC to write down.
        raise asyncio.CancelledError from None
