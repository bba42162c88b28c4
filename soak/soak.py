"""The course of a soak: start the servers, load them, inject faults, let all end, and say what became of it."""

import asyncio
import random
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from soak import callers
from soak.account import Account
from soak.bundles import BundleFolder
from soak.faults import Faults, in_turn
from soak.journal import Journal
from soak.load import Load
from soak.memory import MemoryGrowth
from soak.samples import Sample, make_samples
from soak.server_logs import COMPUTED_LATE, ServerLogs
from soak.servers import Servers, running

GREATEST_GROWTH_PERCENT = 5.0
# In less, a server has not settled.
GROWTH_COUNTS_AFTER_SECONDS = 300

_WATCH_EVERY_SECONDS = 1.0
_READINGS_A_LINE = 30
# Of the time, how much passes between two faults on average; and how much that is at most, in seconds.
_PAUSE_SHARE, _LONGEST_PAUSE_SECONDS = 0.02, 5.0


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a soak.

    Attributes:
        account: of the recordings.
        computed_late: recordings whose deadline had passed before they were computed, by the servers' own count.
        drained: server processes that were told to stop, whose counts those are; what is killed tells nothing.
        unforeseen: how often something else happened that should not have.
        growth_percent: by how much the steady server's memory grew.
        seconds: how long it all took.
    """

    account: Account
    computed_late: int
    drained: int
    unforeseen: int
    growth_percent: float
    seconds: float

    @property
    def has_grown(self) -> bool:
        """Whether memory grew too much; of a short soak that cannot be told."""
        return self.seconds >= GROWTH_COUNTS_AFTER_SECONDS and self.growth_percent >= GREATEST_GROWTH_PERCENT

    @property
    def is_flawless(self) -> bool:
        """Whether nothing happened that should not."""
        return self.account.is_flawless and not (self.computed_late or self.unforeseen or self.has_grown)

    def __str__(self) -> str:
        return (
            f"{self.account}, computed after deadline {self.computed_late}, unforeseen {self.unforeseen}, "
            f"memory growth {self.growth_percent:.1f} %"
        )


def soak(seconds: float, seed: int, write: Callable[[str], None]) -> Report:
    """Load servers for a while, with faults, and return what became of it.

    Args:
        seconds: for how long.
        seed: what happens when follows from that.
        write: takes the lines of the timeline.
    """
    chance = random.Random(seed)  # noqa: S311 - it is to be random, not secret
    journal = Journal(write)
    account, logs = Account(journal.note_defect), ServerLogs(journal)
    with tempfile.TemporaryDirectory(prefix="ecg-soak-") as folder:
        bundles = BundleFolder(Path(folder))
        samples = make_samples(bundles)
        with running(bundles) as servers:
            journal.tell("all servers are SERVING")
            memory = MemoryGrowth(servers.steady.process.pid)
            began = journal.elapsed_seconds
            with (
                _watching(servers, logs, memory, journal),
                _loading(servers, samples, account, journal, chance) as load,
            ):
                faults = Faults(servers, bundles, load, logs, journal, Path(folder))
                _inject(faults, journal, began + seconds, chance)
            journal.tell("the load is over")
        for server in servers.processes:
            logs.read(server)
    journal.tell(f"memory of the steady server: {memory}; computed by what was told to stop: {dict(logs.counts)}")
    took = journal.elapsed_seconds - began
    late = logs.counts[COMPUTED_LATE]
    return Report(account, late, logs.drained, journal.unforeseen, memory.percent, took)


def _inject(faults: Faults, journal: Journal, until: float, chance: random.Random) -> None:
    draw = in_turn(faults.kinds, chance)
    pause = min(_LONGEST_PAUSE_SECONDS, _PAUSE_SHARE * (until - journal.elapsed_seconds))
    while journal.elapsed_seconds < until:
        threading.Event().wait(chance.uniform(0, 2 * pause))
        try:
            draw()()
        except TimeoutError as error:
            journal.note_unforeseen(str(error))


@contextmanager
def _watching(servers: Servers, logs: ServerLogs, memory: MemoryGrowth, journal: Journal) -> Iterator[None]:
    is_over = threading.Event()
    began = journal.elapsed_seconds

    def watch() -> None:
        while not is_over.wait(_WATCH_EVERY_SECONDS):
            memory.read(journal.elapsed_seconds - began)
            if len(memory.readings) % _READINGS_A_LINE == 0:
                journal.tell(f"the steady server has {memory.readings[-1][1] / 1e6:.0f} MB")
            for server in servers.processes:
                logs.read(server)

    with _threads([watch], is_over, journal):
        yield


@contextmanager
def _loading(
    servers: Servers, samples: Sequence[Sample], account: Account, journal: Journal, chance: random.Random
) -> Iterator[Load]:
    """Call until the end of the block, then wait for the last answers; gives one more caller's share."""
    is_over = threading.Event()

    def load(address: str) -> Load:
        return Load(address, samples, account, is_over, random.Random(chance.random()))  # noqa: S311 - not secret

    def call_async(loads: Sequence[Load]) -> None:
        asyncio.run(_call_async(loads))

    def call(one: Callable[[Load], None], address: str) -> Callable[[], None]:
        share = load(address)
        return lambda: one(share)

    blocking = [call(one, address) for address in servers.addresses for one in (callers.stream, callers.call_patiently)]
    asynchronous = [load(address) for address in servers.addresses]
    probes = [_probe(address, servers, is_over, journal) for address in servers.addresses]
    with _threads([*blocking, *probes, lambda: call_async(asynchronous)], is_over, journal):
        yield load(servers.addresses[0])


async def _call_async(loads: Sequence[Load]) -> None:
    async with asyncio.TaskGroup() as group:
        for load in loads:
            group.create_task(callers.stream_async(load))
            group.create_task(callers.call_in_a_hurry(load))


def _probe(address: str, servers: Servers, is_over: threading.Event, journal: Journal) -> Callable[[], None]:
    is_steady = address == servers.proxy.address
    return lambda: callers.probe(address, is_steady=is_steady, is_over=is_over, journal=journal)


@contextmanager
def _threads(tasks: Sequence[Callable[[], None]], is_over: threading.Event, journal: Journal) -> Iterator[None]:
    """Run tasks in threads of their own until the end of the block; what one of them raises is unforeseen."""

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:  # noqa: BLE001 - the others go on, and it is told
            journal.note_unforeseen(f"a caller broke down: {error!r}")

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
