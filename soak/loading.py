"""All callers together, each in its own thread or task."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from soak import callers
from soak.account import Account
from soak.journal import Journal
from soak.load import Load
from soak.samples import Sample
from soak.servers import Servers


@contextmanager
def loading(
    servers: Servers, samples: Sequence[Sample], account: Account, journal: Journal, chance: random.Random
) -> Iterator[None]:
    """Call until the end of the block, then wait for the last answers."""
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
    with in_threads([*blocking, *probes, lambda: call_async(asynchronous)], is_over, journal):
        yield


async def _call_async(loads: Sequence[Load]) -> None:
    async with asyncio.TaskGroup() as group:
        for load in loads:
            group.create_task(callers.stream_async(load))
            group.create_task(callers.call_in_a_hurry(load))


def _probe(address: str, servers: Servers, is_over: threading.Event, journal: Journal) -> Callable[[], None]:
    is_steady = address == servers.proxy.address
    return lambda: callers.probe(address, is_steady=is_steady, is_over=is_over, journal=journal)


@contextmanager
def in_threads(tasks: Sequence[Callable[[], None]], is_over: threading.Event, journal: Journal) -> Iterator[None]:
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
