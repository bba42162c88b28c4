"""The course of a soak: start the servers, load them, inject faults, let all end, and say what became of it."""

import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from soak.account import Account
from soak.bundles import BundleFolder
from soak.faults import Faults
from soak.journal import Journal
from soak.load import Load
from soak.loading import in_threads, loading
from soak.memory import megabytes, megabytes_at_rest
from soak.report import Report
from soak.samples import make_samples
from soak.server_logs import COMPUTED_LATE, ServerLogs
from soak.servers import Servers, running

# For so long, and for so much of the whole time at most, a server may settle under load before its memory counts.
_SETTLING_SECONDS, _SETTLING = 60.0, 0.1
# Of the time, how much passes between two faults on average; and how much that is at most, in seconds.
_PAUSE_SHARE, _LONGEST_PAUSE_SECONDS = 0.02, 5.0
_RESTS = 4
_WATCH_EVERY_SECONDS = 1.0
_TELL_EVERY = 30


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
    pause = min(_LONGEST_PAUSE_SECONDS, _PAUSE_SHARE * seconds)
    with tempfile.TemporaryDirectory(prefix="ecg-soak-") as folder:
        bundles = BundleFolder(Path(folder))
        samples = make_samples(bundles)
        with running(bundles) as servers:
            journal.tell("all servers are SERVING")
            began = journal.elapsed_seconds
            load = Load(servers.proxy.address, samples, account, threading.Event(), chance)
            faults = Faults(servers, bundles, load, logs, journal, Path(folder))

            def load_until(end: float) -> float:
                with loading(servers, samples, account, journal, chance):
                    faults.inject(end, pause)
                return _at_rest(servers, faults, journal)

            with _watching(servers, logs, journal):
                settled = load_until(began + min(_SETTLING_SECONDS, _SETTLING * seconds))
                last = load_until(began + seconds)
        for server in servers.processes:
            logs.read(server)
    journal.tell(f"computed by those that were told to stop: {dict(logs.counts)}")
    growth_percent = 100 * (last / settled - 1)
    took = journal.elapsed_seconds - began
    return Report(account, logs.counts[COMPUTED_LATE], logs.drained, journal.unforeseen, growth_percent, took)


def _at_rest(servers: Servers, faults: Faults, journal: Journal) -> float:
    """Return what memory the steady server has when nobody calls: the least, as each new model leaves other holes."""
    faults.renew_all()
    sizes = []
    for _ in range(_RESTS):
        faults.swap_bundle()
        sizes.append(megabytes_at_rest(servers.steady.process.pid))
    size = min(sizes)
    journal.tell(f"at rest the steady server has {size:.0f} MB")
    return size


@contextmanager
def _watching(servers: Servers, logs: ServerLogs, journal: Journal) -> Iterator[None]:
    """Read what the servers write down until the end of the block, and tell of memory."""
    is_over = threading.Event()

    def watch() -> None:
        told = time.monotonic()
        while not is_over.wait(_WATCH_EVERY_SECONDS):
            for server in servers.processes:
                logs.read(server)
            if time.monotonic() - told >= _TELL_EVERY:
                told = time.monotonic()
                journal.tell(f"the steady server has {megabytes(servers.steady.process.pid):.0f} MB")

    with in_threads([watch], is_over, journal):
        yield
