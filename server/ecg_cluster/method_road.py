"""The road of a call from bytes to bytes, through all interceptors, without a server of gRPC's around it."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc
from grpc import aio

from ecg_cluster.call_context import CallContext


@dataclass(frozen=True, slots=True)
class _Details(grpc.HandlerCallDetails):
    method: str
    invocation_metadata: tuple[tuple[str, str | bytes], ...]


class Methods:
    """The methods of services, by full name: what the generated `add_…_to_server` take for a server."""

    def __init__(self) -> None:
        self.by_name: dict[str, Any] = {}

    def add_generic_rpc_handlers(self, _: object) -> None:
        """Take the methods not here, but from `add_registered_method_handlers`, which has them by name."""

    def add_registered_method_handlers(self, service: str, methods: Mapping[str, Any]) -> None:
        """Take the methods of a service."""
        self.by_name |= {f"/{service}/{name}": method for name, method in methods.items()}


class MethodRoad:
    """Answers calls by methods with interceptors around them, as gRPC's server would.

    Args:
        methods: the methods by full name.
        interceptors: what surrounds each call, the outermost first.
    """

    def __init__(self, methods: Mapping[str, Any], interceptors: Sequence[aio.ServerInterceptor]) -> None:
        self._find: Callable[[grpc.HandlerCallDetails], Any] = partial(_find, methods)
        for interceptor in reversed(interceptors):
            self._find = partial(interceptor.intercept_service, self._find)

    async def answer(self, method: str, request: bytes, context: CallContext) -> bytes:
        """Return the answer to a single call; empty, where the call was aborted: the context has its status then."""
        handler = await self._handler(method, context)
        try:
            if handler.unary_unary is None:
                # In place of the method: one that reads nothing and refuses.
                await handler.stream_unary(None, context)
            answer = await handler.unary_unary(_parsed(handler, request), context)
            return _serialized(handler, answer)
        except aio.AbortError:
            return b""

    async def answers(self, method: str, requests: AsyncIterator[bytes], context: CallContext) -> AsyncIterator[bytes]:
        """Yield the answers of a stream; where it was aborted the context has its status after the last."""
        handler = await self._handler(method, context)
        try:
            if handler.stream_stream is None:
                await handler.stream_unary(None, context)
            async with aclosing(_parsed_each(handler, requests)) as messages:
                async for answer in handler.stream_stream(messages, context):
                    yield _serialized(handler, answer)
        except aio.AbortError:
            return

    async def _handler(self, method: str, context: CallContext) -> Any:
        details: Any = _Details(method, tuple(context.invocation_metadata()))
        return await self._find(details)


async def _find(methods: Mapping[str, Any], details: grpc.HandlerCallDetails) -> Any:
    return methods.get(details.method)


def _parsed(handler: Any, message: bytes) -> Any:
    parse: Callable[[bytes], Any] | None = handler.request_deserializer
    return message if parse is None else parse(message)


async def _parsed_each(handler: Any, messages: AsyncIterator[bytes]) -> AsyncGenerator[Any, None]:
    async for message in messages:
        yield _parsed(handler, message)


def _serialized(handler: Any, answer: Any) -> bytes:
    serialize: Callable[[Any], bytes] = handler.response_serializer
    return serialize(answer)
