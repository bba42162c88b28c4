"""The network in a loop, with no server at all: what a server can lose from."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.answers import AnswerKey, classifier, network_inputs
from benchmarks.measurement import Measurement, Window, Work, measured
from ecg_model.loading import Runtime


@dataclass(frozen=True, slots=True)
class BareLoad:
    """How the network is run.

    Attributes:
        model: the model whose network it is.
        runtime: what runs it.
        threads: threads that one run may use.
        runs: runs at the same time.
        batch: recordings in a run.
        answers: what it has to answer.
        window: when to measure.
    """

    model: str
    runtime: Runtime
    threads: int
    runs: int
    batch: int
    answers: AnswerKey
    window: Window


def run_bare(load: BareLoad) -> Measurement:
    """Run the network for a while. Its process is both client and server, and its CPU time counts as the client's."""
    loaded = classifier(load.model, load.runtime, load.threads)
    metadata, signal = (array[: load.batch].copy() for array in network_inputs(loaded))

    def loop(seconds: float) -> Work:
        ends = time.monotonic() + seconds
        latencies: list[float] = []
        while not latencies or time.monotonic() < ends:
            started = time.perf_counter()
            outputs = loaded.network(metadata, signal)
            latencies.append(1000 * (time.perf_counter() - started))
        for index, output in enumerate(outputs.tolist()):
            load.answers.check(index, output)
        return Work(load.batch * len(latencies), tuple(latencies))

    with ThreadPoolExecutor(load.runs) as threads:
        return measured(_side_by_side(loop, threads, load.runs), load.window)


def _side_by_side(loop: Callable[[float], Work], threads: ThreadPoolExecutor, runs: int) -> Callable[[float], Work]:
    return lambda seconds: Work.together(list(threads.map(loop, [seconds] * runs)))
