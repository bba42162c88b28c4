"""The original web service, with callers over HTTP."""

from functools import partial

from benchmarks.calls import call_http
from benchmarks.case import Case
from benchmarks.measurement import Metrics, metrics
from benchmarks.processes import RunningServer
from benchmarks.stage import Stage
from ecg_model.loading import Runtime

PART = "original"
MODULE = "benchmarks.original_service"
CALLERS = (1, 8, 32)


def cases(stage: Stage) -> list[Case]:
    """Return the cases of this part."""
    return [
        Case(PART, case_name(callers), partial(_measure, stage, callers), runtime=Runtime.TENSORFLOW.value)
        for callers in CALLERS
    ]


def case_name(callers: int) -> str:
    """Return the name of a case."""
    return f"{callers} caller{'s' * (callers > 1)}"


def _measure(stage: Stage, callers: int) -> Metrics:
    return call_original(stage, stage.server(MODULE, "--model", stage.settings.model), callers)


def call_original(stage: Stage, server: RunningServer, callers: int) -> Metrics:
    """Return what so many callers of an original service measure."""
    load = stage.load(server, concurrency=callers, answers=stage.network_answers())
    return metrics([stage.start("call_http", call_http, load, stage.settings.model).result()])
