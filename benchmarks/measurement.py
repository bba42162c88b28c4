"""One measurement: work for a while, and what it took."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.machine import usable_cores
from benchmarks.processes import cpu_seconds
from benchmarks.spread import percentile

Metrics = dict[str, float]


@dataclass(frozen=True, slots=True)
class Window:
    """When to measure.

    Attributes:
        seconds: how long, in seconds; what has begun by then is finished and counts.
        warm_up_seconds: how long the same work is done beforehand, in seconds.
        starts_at: when to begin, on the clock of `time.monotonic`, so that several clients begin together; 0 is now.
    """

    seconds: float
    warm_up_seconds: float
    starts_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """What was done: so many recordings, and how long each call took, in milliseconds, where there were calls."""

    recordings: int
    latencies_ms: tuple[float, ...] = ()

    @classmethod
    def together(cls, parts: Sequence["Work"]) -> "Work":
        """Return the work that several did side by side."""
        latencies = tuple(latency for part in parts for latency in part.latencies_ms)
        return cls(sum(part.recordings for part in parts), latencies)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Work, and what it took.

    Attributes:
        work: what was done.
        started: when it began, on the clock of `time.monotonic`.
        ended: when the last answer was there.
        client_cpu_s: CPU time of the process that measured, in seconds.
        server_cpu_s: CPU time of the server's processes, in seconds; 0 where there is no server.
    """

    work: Work
    started: float
    ended: float
    client_cpu_s: float
    server_cpu_s: float


def measured(work: Callable[[float], Work], window: Window, server_pid: int | None = None) -> Measurement:
    """Do some work for a number of seconds, first to warm up, then for the record."""
    work(window.warm_up_seconds)
    time.sleep(max(0.0, window.starts_at - time.monotonic()))
    server_before = cpu_seconds(server_pid)
    client_before, started = time.process_time(), time.monotonic()
    done = work(window.seconds)
    ended, client_after = time.monotonic(), time.process_time()
    return Measurement(done, started, ended, client_after - client_before, cpu_seconds(server_pid) - server_before)


def metrics(measurements: Sequence[Measurement]) -> Metrics:
    """Return the figures of clients that measured side by side, at one server."""
    work = Work.together([one.work for one in measurements])
    seconds = max(one.ended for one in measurements) - min(one.started for one in measurements)
    client_cpu = sum(one.client_cpu_s for one in measurements)
    # Each of them saw the whole server.
    server_cpu = max(one.server_cpu_s for one in measurements)
    figures = {
        "recordings_per_s": work.recordings / seconds,
        "client_cpu_ms": 1000 * client_cpu / work.recordings,
        "server_cpu_ms": 1000 * server_cpu / work.recordings,
        "share_of_cores": (client_cpu + server_cpu) / (seconds * usable_cores()),
    }
    if work.latencies_ms:
        figures |= {f"p{percent}_ms": percentile(work.latencies_ms, percent) for percent in (50, 99)}
    return figures
