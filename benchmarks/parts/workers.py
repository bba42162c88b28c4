"""One worker process and two, with four client processes: the system spreads connections, not calls, over workers.

Connections are made anew in every round, so that the spread shows how much it matters where they happen to go.
"""

from functools import partial

from benchmarks.calls import call_async
from benchmarks.case import Case
from benchmarks.measurement import Metrics
from benchmarks.stage import Client, Stage
from benchmarks.streams import stream_blocking
from ecg_model.loading import Runtime

PART = "workers"
WORKERS = (1, 2)
CLIENTS = 4
CALLERS_EACH = 8


def cases(stage: Stage) -> list[Case]:
    """Return the cases of this part."""
    return [case for workers in WORKERS for case in _cases(stage, workers)]


def _cases(stage: Stage, workers: int) -> list[Case]:
    those = f"{workers} worker{'s' * (workers > 1)}"
    return [
        _case(stage, f"{those}, {CLIENTS} clients, {CALLERS_EACH} callers each", workers, call_async, CALLERS_EACH),
        _case(stage, f"{those}, {CLIENTS} clients, one stream each", workers, stream_blocking, 1),
    ]


def _case(stage: Stage, name: str, workers: int, client: Client, concurrency: int) -> Case:
    return Case(PART, name, partial(_measure, stage, workers, client, concurrency), runtime=Runtime.ONNX.value)


def _measure(stage: Stage, workers: int, client: Client, concurrency: int) -> Metrics:
    # With one worker it is the very server of the other parts.
    flags = ("--workers", str(workers)) if workers > 1 else ()
    return stage.measure_together(CLIENTS, client, stage.ecg_server(Runtime.ONNX, *flags), concurrency=concurrency)
