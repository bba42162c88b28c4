"""Calls of every method with messages that are spoilt: bits flipped, cut, spliced, lengths that lie."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import grpc
from google.protobuf.message import DecodeError
from grpc import aio

from ecg.v1 import ecg_service_pb2
from fuzzing import plain
from fuzzing.targets import messages

TIMEOUT_SECONDS = 30

# What a caller may be told of rubbish. Not among them: INTERNAL and UNKNOWN, which would be the server's fault,
# UNAVAILABLE, which would be its end, and DEADLINE_EXCEEDED, which would be a call that hangs.
FITTING = {
    grpc.StatusCode.OK,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.UNIMPLEMENTED,
}

_METHODS = {
    "/ecg.v1.EcgService/Predict": "unary_unary",
    "/ecg.v1.EcgService/PredictStream": "stream_stream",
    "/ecg.v1.EcgService/ModelSummary": "unary_unary",
    "/ecg.v1.EcgService/Explain": "unary_unary",
    "/grpc.health.v1.Health/Check": "unary_unary",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": "stream_stream",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo": "stream_stream",
    "/ecg.v1.EcgService/NoSuchMethod": "unary_unary",
}
# The first two have the most to get wrong.
_WEIGHTS = (10, 10, 1, 1, 1, 1, 1, 1)
_GREATEST_MESSAGES = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A call: a method and the messages that it is sent, as bytes."""

    method: str
    messages: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Return the call in a form to keep."""
        return b"\n".join([self.method.encode(), *(message.hex().encode() for message in self.messages)])

    @classmethod
    def from_bytes(cls, content: bytes) -> "Call":
        """Return a call that was kept."""
        method, *kept = content.split(b"\n")
        return cls(method.decode(), tuple(bytes.fromhex(message.decode()) for message in kept))


def spoilt_call(seeds: Sequence[bytes], source: random.Random) -> Call:
    """Return a call with messages bred from seeds."""
    (method,) = source.choices(tuple(_METHODS), _WEIGHTS)
    count = source.randint(1, _GREATEST_MESSAGES) if _METHODS[method] == "stream_stream" else 1
    return Call(method, tuple(_spoilt(seeds, source) for _ in range(count)))


def _spoilt(seeds: Sequence[bytes], source: random.Random) -> bytes:
    # One in ten is right: what it is answered must not depend on its neighbours.
    seed = source.choice(seeds)
    return seed if source.random() < 0.1 else plain.changed(seed, seeds, source)  # noqa: PLR2004 - one in ten


def seeds() -> Sequence[bytes]:
    """Return requests that are right, for each method."""
    health = b"\x0a\x11ecg.v1.EcgService"
    reflection = b"\x22\x11ecg.v1.EcgService"
    return [*messages.seeds(), health, reflection, b""]


class Caller:
    """Makes spoilt calls.

    Streams go through gRPC's threads: its asyncio client tells INTERNAL "Internal error from Core" where the server
    ends a stream while it still sends, whatever status the server gave (grpc/grpc#36066).

    Args:
        address: of the server.
    """

    def __init__(self, address: str) -> None:
        self._unary = aio.insecure_channel(address)
        self._streams = grpc.insecure_channel(address)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._unary.close()
        self._streams.close()

    async def told(self, call: Call) -> grpc.StatusCode:
        """Make a call and return what its caller is told: its status, or INTERNAL where one of its results is."""
        if _METHODS[call.method] == "stream_stream":
            return await asyncio.to_thread(self._told_of_stream, call)
        made: Any = self._unary.unary_unary(call.method)
        try:
            await made(call.messages[0], timeout=TIMEOUT_SECONDS)
        except aio.AioRpcError as error:
            return error.code()
        return grpc.StatusCode.OK

    def _told_of_stream(self, call: Call) -> grpc.StatusCode:
        made: Any = self._streams.stream_stream(call.method)
        try:
            results = [_is_internal(response) for response in made(iter(call.messages), timeout=TIMEOUT_SECONDS)]
        except grpc.RpcError as error:
            code: grpc.StatusCode = error.code()
            return code
        return grpc.StatusCode.INTERNAL if any(results) and "Predict" in call.method else grpc.StatusCode.OK


def _is_internal(content: bytes) -> bool:
    response = ecg_service_pb2.PredictStreamResponse()
    try:
        response.ParseFromString(content)
    except DecodeError:
        return False
    return any(result.error.code == grpc.StatusCode.INTERNAL.value[0] for result in response.results)
