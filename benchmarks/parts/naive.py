"""A naive gRPC server of the same contract: what the batches, threads and streams of this one are worth."""

from functools import partial

from benchmarks.calls import call_async
from benchmarks.case import Case
from benchmarks.measurement import Metrics
from benchmarks.parts.original import case_name
from benchmarks.stage import Client, Stage
from benchmarks.streams import stream_blocking
from ecg_model.loading import Runtime

PART = "naive"
MODULE = "benchmarks.naive_server"
CALLERS = (1, 8, 32)
NOTHING_COMPUTED = "1 caller, answered from memory"


def cases(stage: Stage) -> list[Case]:
    """Return the cases of this part."""
    return [
        *(_case(stage, case_name(callers), call_async, callers) for callers in CALLERS),
        _case(stage, NOTHING_COMPUTED, call_async, 1, "--remember"),
        _case(stage, "one stream, int16, EcgClient", stream_blocking, 1),
    ]


def _case(stage: Stage, name: str, client: Client, concurrency: int, *flags: str) -> Case:
    return Case(PART, name, partial(_measure, stage, client, concurrency, *flags), runtime=Runtime.ONNX.value)


def _measure(stage: Stage, client: Client, concurrency: int, *flags: str) -> Metrics:
    return stage.measure(client, stage.server(MODULE, "--model", stage.settings.model, *flags), concurrency=concurrency)
