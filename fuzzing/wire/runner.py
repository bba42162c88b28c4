"""Fires at a server and looks after an ordinary caller meanwhile."""

import asyncio
import collections
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from grpc import aio

from fuzzing.runner import OUTPUT, Report
from fuzzing.wire.calls import FITTING, Call, Caller, seeds, spoilt_call
from fuzzing.wire.fire import Loiterers, attack
from fuzzing.wire.http2 import ATTACKS
from fuzzing.wire.probe import Probe
from fuzzing.wire.server import ServerUnderFire

FOLDER = OUTPUT / "wire"
CALLS_AT_ONCE = 32
LOITERERS = 200
# Memory is what it is once allocators have had their share: measured after the first fire, and held against the end.
FIRST_CALLS = 2000
GREATEST_GROWTH_MEGABYTES = 64.0


@dataclass(slots=True)
class Fire:
    """What a server is sent, and what is seen of it.

    Attributes:
        server: under fire.
        probe: the ordinary caller.
        statuses: how many calls ended with which status.
        defects: what should not be: kept inputs, and words for what cannot be kept.
        slowest_seconds: what an ordinary call took at most, all calls of a check together.
        peak_megabytes: of the server's memory, as far as was looked.
    """

    server: ServerUnderFire
    probe: Probe
    statuses: "collections.Counter[grpc.StatusCode]" = field(default_factory=collections.Counter)
    defects: list[Path] = field(default_factory=list)
    slowest_seconds: float = 0.0
    peak_megabytes: float = 0.0

    async def check(self, what: str) -> None:
        """Check that the ordinary caller is answered; what was sent is told where not."""
        started = time.perf_counter()
        try:
            await self.probe.check()
        except (AssertionError, aio.AioRpcError) as error:
            self.note(what, f"{error}".encode())
        self.slowest_seconds = max(self.slowest_seconds, time.perf_counter() - started)
        self.peak_megabytes = max(self.peak_megabytes, self.server.megabytes())

    async def call(self, caller: Caller, call: Call) -> None:
        """Make a spoilt call; it is kept where its status does not fit."""
        status = await caller.told(call)
        self.statuses[status] += 1
        if status not in FITTING:
            self.note(status.name.lower(), call.to_bytes())

    def note(self, what: str, content: bytes) -> None:
        """Keep a defect."""
        path = FOLDER / f"{what}-{len(self.defects)}"
        path.write_bytes(content)
        self.defects.append(path)


def fuzz_wire(name: str, runs: int, seconds: int, number: int) -> Report:
    """Send a server that many spoilt calls, and every attack on HTTP/2 besides."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ServerUnderFire() as server:
        return asyncio.run(_fuzz(server, name, runs, seconds or runs, number))


async def _fuzz(server: ServerUnderFire, name: str, runs: int, seconds: int, number: int) -> Report:
    started = time.monotonic()
    async with aio.insecure_channel(server.address) as probing, Caller(server.address) as caller:
        fire = Fire(server, Probe(probing))
        await fire.check("at-rest")
        await call_and_check(fire, caller, min(runs, FIRST_CALLS), number, started + seconds)
        await _attack(fire, number)
        before = server.megabytes()
        await _attack(fire, number + 1)
        await call_and_check(fire, caller, runs - FIRST_CALLS, number + 1, started + seconds)
        await fire.check("at-the-end")
    growth = server.megabytes() - before
    if growth > GREATEST_GROWTH_MEGABYTES or not server.is_alive:
        fire.note("growth", f"{growth:.0f} MB".encode())
    statuses = ", ".join(f"{status.name} {count}" for status, count in fire.statuses.most_common())
    return Report(
        name,
        fire.statuses.total() + 2 * len(ATTACKS),
        tuple(fire.defects),
        round(fire.slowest_seconds, 3),
        round(fire.peak_megabytes),
        time.monotonic() - started,
        f"memory {before:.0f} MB and {growth:+.0f} MB at the end; {statuses}",
    )


async def call_and_check(fire: Fire, caller: Caller, count: int, number: int, until: float) -> None:
    """Make spoilt calls, many at once, and check on the ordinary caller in between."""
    source = random.Random(number)  # noqa: S311 - repeatable, not secret
    bred_from = seeds()
    for start in range(0, count, 10 * CALLS_AT_ONCE):
        if time.monotonic() > until:
            return
        calls = iter([spoilt_call(bred_from, source) for _ in range(min(10 * CALLS_AT_ONCE, count - start))])
        await asyncio.gather(*(_make(fire, caller, calls) for _ in range(CALLS_AT_ONCE)))
        await fire.check("after-calls")


async def _make(fire: Fire, caller: Caller, calls: Iterator[Call]) -> None:
    for call in calls:
        await fire.call(caller, call)


async def _attack(fire: Fire, number: int) -> None:
    async with Loiterers(fire.server.port, LOITERERS):
        for name in ATTACKS:
            await attack_and_check(fire, name, number)


async def attack_and_check(fire: Fire, name: str, number: int) -> None:
    """Check on the ordinary caller while an attack goes on, and after it."""
    going_on = asyncio.ensure_future(attack(fire.server.port, ATTACKS[name], number))
    while not going_on.done():
        await fire.check(f"during-{name}")
        await asyncio.sleep(0.05)
    await going_on
    await fire.check(f"after-{name}")


def replay(path: Path) -> str:
    """Make a call that was kept, to a server of its own, and return what its caller is told."""
    with ServerUnderFire() as server:
        return asyncio.run(_replay(server, Call.from_bytes(path.read_bytes()))).name


async def _replay(server: ServerUnderFire, call: Call) -> grpc.StatusCode:
    async with Caller(server.address) as caller:
        return await caller.told(call)
