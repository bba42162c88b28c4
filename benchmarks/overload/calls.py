"""Callers that send one recording a call, ready made, and look at nothing in an answer but its status.

They cost as little as callers in Python can: messages are serialised beforehand and answers are not parsed. Run in
processes of their own.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache
from itertools import cycle

import uvloop
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from grpc import aio

from benchmarks.machine import use_only
from benchmarks.overload.tally import OK, Ended, Tally
from benchmarks.recordings import recordings
from ecg.v1 import ecg_service_pb2 as pb
from ecg_client.convert import recording_to_proto

METHOD = "/ecg.v1.EcgService/Predict"
DETAILS = "grpc-status-details-bin"
# Every channel has a connection of its own, and what is refused stays refused.
OPTIONS = (("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0))


@dataclass(frozen=True, slots=True)
class Callers:
    """Callers in one process.

    Attributes:
        address: whom they call.
        connections: over how many connections, in turn.
        timeout_seconds: how long each waits for its answer.
        begins: when they begin, on the clock of `time.monotonic`.
        ends: when they stop; what is on its way then is waited for.
        core: the core that they have.
    """

    address: str
    connections: int
    timeout_seconds: float
    begins: float
    ends: float
    core: int


def call_and_wait(callers: Callers, concurrency: float) -> Tally:
    """Have so many callers call again as soon as they are answered, or refused."""

    async def run(line: _Line) -> None:
        await asyncio.gather(*(call_again_and_again(line) for _ in range(math.ceil(concurrency))))

    async def call_again_and_again(line: _Line) -> None:
        while (now := time.monotonic()) < callers.ends:
            await line.call(now)

    return _run(callers, run)


def call_at_rate(callers: Callers, per_second: float) -> Tally:
    """Call at a rate, whatever becomes of the calls before."""

    async def run(line: _Line) -> None:
        async with asyncio.TaskGroup() as tasks:
            due = callers.begins
            while due < callers.ends:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                # However late it is, all that are due by now.
                while due < min(time.monotonic(), callers.ends):
                    tasks.create_task(line.call(due))
                    due += 1 / per_second

    return _run(callers, run)


Send = Callable[..., Awaitable[bytes]]


class _Line:
    """Connections to a server, and what became of the calls."""

    def __init__(self, channels: Sequence[aio.Channel], timeout_seconds: float) -> None:
        self.ended: list[Ended] = []
        self._sends: Iterator[Send] = cycle([channel.unary_unary(METHOD) for channel in channels])
        self._requests = cycle(_requests())
        self._timeout_seconds = timeout_seconds

    async def call(self, due: float) -> None:
        sent, status, has_retry_info = time.monotonic(), OK, False
        try:
            await next(self._sends)(next(self._requests), timeout=self._timeout_seconds)
        except aio.AioRpcError as error:
            status, has_retry_info = error.code().name, _has_retry_info(error)
        self.ended.append(Ended(due, sent, time.monotonic(), status, has_retry_info))


def _run(callers: Callers, call: Callable[[_Line], Awaitable[None]]) -> Tally:
    async def run() -> Tally:
        async with AsyncExitStack() as stack:
            channels = [aio.insecure_channel(callers.address, OPTIONS) for _ in range(callers.connections)]
            for channel in channels:
                await stack.enter_async_context(channel)
                await channel.channel_ready()
            line = _Line(channels, callers.timeout_seconds)
            await asyncio.sleep(callers.begins - time.monotonic())
            await call(line)
        return Tally(tuple(line.ended))

    use_only({callers.core})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


def _requests() -> list[bytes]:
    return [pb.PredictRequest(recording=recording_to_proto(one)).SerializeToString() for one in recordings()]


def _has_retry_info(error: aio.AioRpcError) -> bool:
    details = dict(error.trailing_metadata() or ()).get(DETAILS)
    return isinstance(details, bytes) and _says_when_to_retry(details)


@cache
def _says_when_to_retry(details: bytes) -> bool:
    return any(detail.Is(RetryInfo.DESCRIPTOR) for detail in Status.FromString(details).details)
