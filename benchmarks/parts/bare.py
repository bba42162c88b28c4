"""The bare network in a loop: batches of several sizes, one thread or two, one run at a time or two."""

from functools import partial

from benchmarks.bare_network import BareLoad, run_bare
from benchmarks.case import Case
from benchmarks.measurement import Metrics, metrics
from benchmarks.stage import Stage
from ecg_model.loading import Runtime

PART = "bare"
BATCHES = (1, 8, 16, 32)
THREADS = (1, 2)
# Runtime, threads of a run, runs at the same time.
WAYS = (
    *((runtime, threads, 1) for runtime in (Runtime.ONNX, Runtime.TENSORFLOW) for threads in THREADS),
    (Runtime.ONNX, 1, 2),
)


def cases(stage: Stage) -> list[Case]:
    """Return the cases of this part."""
    return [
        Case(
            PART,
            case_name(runtime, threads, runs, batch),
            partial(_measure, stage, runtime, threads, runs, batch),
            runtime=runtime.value,
        )
        for runtime, threads, runs in WAYS
        for batch in BATCHES
    ]


def case_name(runtime: Runtime, threads: int, runs: int, batch: int) -> str:
    """Return the name of a case."""
    return f"{runtime}, batch {batch}, {threads} thread{'s' * (threads > 1)}{f', {runs} runs at once' * (runs > 1)}"


def _measure(stage: Stage, runtime: Runtime, threads: int, runs: int, batch: int) -> Metrics:
    load = BareLoad(stage.settings.model, runtime, threads, runs, batch, stage.network_answers(), stage.window())
    # TensorFlow's threads are set once in a process.
    return metrics([stage.start(f"{runtime} {threads}", run_bare, load).result()])
