"""One flood, what the server can do before and after it, and what the server took meanwhile."""

import os
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from statistics import mean

from benchmarks.machine import use_only
from benchmarks.measurement import Metrics
from benchmarks.overload.calls import Callers, call_and_wait, call_at_rate
from benchmarks.overload.figures import call_figures, probe_figures
from benchmarks.overload.probe import probe
from benchmarks.overload.settings import TIMEOUT_SECONDS, Settings
from benchmarks.overload.tally import OK, Tally
from benchmarks.processes import RunningServer, cpu_seconds, memory
from benchmarks.stage import Stage, ecg_server_arguments
from ecg_model.loading import Runtime

# For the callers to connect, from when they are told to begin.
CONNECT_SECONDS = 1.0
# What the first callers find is a server that nobody has called for a while.
WARM_UP_SECONDS = 0.5
LOOK_SECONDS = 0.25

Call = Callable[[Callers, float], Tally]


@dataclass(frozen=True, slots=True)
class Flood:
    """A flood of calls.

    Attributes:
        model: what the server serves.
        connections: over how many connections the calls come, at least as many as there are processes of callers.
        multiple: how many times what the server can do.
    """

    model: str
    connections: int
    multiple: float


def measure(stage: Stage, settings: Settings, flood: Flood) -> Metrics:
    """Return a flood's figures."""
    server = _server(stage, settings, flood.model)
    _capacity(stage, settings, flood, server)
    before = _capacity(stage, settings, flood, server)
    begins = time.monotonic() + CONNECT_SECONDS
    measured_from, ends = begins + settings.filling_seconds, begins + settings.filling_seconds + settings.seconds
    probing = stage.start("probe", probe, server.address, measured_from, ends, settings.caller_cores)
    calling = _start(stage, settings, flood, server, call_at_rate, flood.multiple * before, begins, ends)
    taken = _watch(server, measured_from, ends, calling)
    calls = Tally.together(one.result() for one in calling)
    capacity = mean([before, _capacity(stage, settings, flood, server)])
    figures = call_figures(calls, measured_from, ends, capacity) | probe_figures(probing.result()) | taken
    return {"capacity_per_s": capacity} | figures


def _capacity(stage: Stage, settings: Settings, flood: Flood, server: RunningServer) -> float:
    """Return how many calls a second are answered when every caller waits for its answer."""
    begins = time.monotonic() + CONNECT_SECONDS
    ends = begins + WARM_UP_SECONDS + settings.seconds / 2
    calling = _start(stage, settings, flood, server, call_and_wait, settings.callers, begins, ends)
    wait(calling)
    measured = Tally.together(one.result() for one in calling).between(begins + WARM_UP_SECONDS, ends)
    return len(measured.of(OK)) / (ends - begins - WARM_UP_SECONDS)


def _start(  # noqa: PLR0913, PLR0917 - what is called, by whom, and when
    stage: Stage,
    settings: Settings,
    flood: Flood,
    server: RunningServer,
    call: Call,
    amount: float,
    begins: float,
    ends: float,
) -> list[Future[Tally]]:
    """Begin to call from all processes of callers, each with its part of an amount."""
    cores = settings.caller_cores[: flood.connections]
    connections = -(-flood.connections // len(cores))
    return [
        stage.start(
            f"callers {core}",
            call,
            Callers(server.address, connections, TIMEOUT_SECONDS, begins, ends, core),
            amount / len(cores),
        )
        for core in cores
    ]


def _watch(server: RunningServer, begins: float, ends: float, calling: list[Future[Tally]]) -> Metrics:
    """Return what the server takes while it is called; wait until all calls have ended."""
    before = memory(server.pid).rss
    time.sleep(max(0.0, begins - time.monotonic()))
    cpu, highest = cpu_seconds(server.pid), before
    while time.monotonic() < ends:
        time.sleep(LOOK_SECONDS)
        highest = max(highest, memory(server.pid).rss)
    cores = (cpu_seconds(server.pid) - cpu) / (time.monotonic() - begins)
    wait(calling)
    return {"server_cores": cores, "rss_before_mb": before, "rss_highest_mb": highest}


def _server(stage: Stage, settings: Settings, model: str) -> RunningServer:
    queue = settings.queue_windows
    flags = () if queue is None else ("--queue-windows", str(queue))
    own = os.sched_getaffinity(0)
    use_only(settings.server_cores)
    try:
        return stage.server("ecg_server", *ecg_server_arguments(model, Runtime.ONNX), *flags)
    finally:
        use_only(own)
