"""Callers that send one recording a call, ready made, and look at nothing in an answer but its status.

They cost as little as callers in Python can: messages are serialised beforehand and answers are not parsed. Run in
processes of their own.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
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

Send = Callable[[bytes], Awaitable[bytes]]
Calls = Callable[[Callable[[float], Coroutine[None, None, None]]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """Callers in one process.

    Attributes:
        address: whom they call.
        connections: over how many connections, in turn.
        timeout_seconds: how long each waits for its answer.
        starts_at: when they begin, on the clock of `time.monotonic`.
        seconds: how long they go on; what is on its way then is waited for.
        cores: the cores that they may use.
    """

    address: str
    connections: int
    timeout_seconds: float
    starts_at: float
    seconds: float
    cores: tuple[int, ...]

    @property
    def ends_at(self) -> float:
        """When they stop calling."""
        return self.starts_at + self.seconds


def call_and_wait(callers: Callers, concurrency: int) -> Tally:
    """Have so many callers call again as soon as they are answered, or refused."""

    async def run() -> Tally:
        async with _telephone(callers) as (call, ended):
            await asyncio.sleep(callers.starts_at - time.monotonic())
            await asyncio.gather(*(again_and_again(call) for _ in range(concurrency)))
        return Tally(tuple(ended))

    async def again_and_again(call: Callable[[float], Awaitable[None]]) -> None:
        while (now := time.monotonic()) < callers.ends_at:
            await call(now)

    return _run(callers, run)


def call_at_rate(callers: Callers, per_second: float) -> Tally:
    """Call at a rate, whatever becomes of the calls before."""

    async def run() -> Tally:
        async with _telephone(callers) as (call, ended), asyncio.TaskGroup() as tasks:
            due = callers.starts_at
            while due < callers.ends_at:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                # Late or not, at the rate: all that are due by now.
                while due < min(time.monotonic(), callers.ends_at):
                    tasks.create_task(call(due))
                    due += 1 / per_second
        return Tally(tuple(ended))

    return _run(callers, run)


def _run(callers: Callers, run: Callable[[], Coroutine[None, None, Tally]]) -> Tally:
    use_only(callers.cores)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


@asynccontextmanager
async def _telephone(
    callers: Callers,
) -> AsyncIterator[tuple[Callable[[float], Coroutine[None, None, None]], list[Ended]]]:
    ended: list[Ended] = []
    requests = cycle(_requests())
    async with AsyncExitStack() as stack:
        sends = cycle([await _connected(callers.address, stack) for _ in range(callers.connections)])

        async def call(due: float) -> None:
            sent, status, has_retry_info = time.monotonic(), OK, False
            try:
                await next(sends)(next(requests), timeout=callers.timeout_seconds)
            except aio.AioRpcError as error:
                status, has_retry_info = error.code().name, _has_retry_info(error)
            ended.append(Ended(due, sent, time.monotonic(), status, has_retry_info))

        yield call, ended


async def _connected(address: str, stack: AsyncExitStack) -> Callable[..., Awaitable[bytes]]:
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
    channel = await stack.enter_async_context(aio.insecure_channel(address, options))
    await channel.channel_ready()
    return channel.unary_unary(METHOD)


def _requests() -> list[bytes]:
    return [pb.PredictRequest(recording=recording_to_proto(one)).SerializeToString() for one in recordings()]


def _has_retry_info(error: aio.AioRpcError) -> bool:
    details = dict(error.trailing_metadata() or ()).get(DETAILS)
    return isinstance(details, bytes) and _says_when_to_retry(details)


@cache
def _says_when_to_retry(details: bytes) -> bool:
    return any(detail.Is(RetryInfo.DESCRIPTOR) for detail in Status.FromString(details).details)
