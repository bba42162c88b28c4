"""Single calls to this server."""

from functools import partial

from benchmarks.calls import call_async, call_blocking
from benchmarks.case import Case
from benchmarks.measurement import Metrics
from benchmarks.stage import Client, Stage
from ecg_model.loading import Runtime

PART = "unary"
CALLERS = {Runtime.ONNX: (1, 8, 32, 64), Runtime.TENSORFLOW: (1, 32)}
BLOCKING = f"1 caller, EcgClient, {Runtime.ONNX}"


def cases(stage: Stage) -> list[Case]:
    """Return the cases of this part."""
    return [
        *(
            _case(stage, runtime, case_name(runtime, callers), call_async, callers)
            for runtime, several in CALLERS.items()
            for callers in several
        ),
        _case(stage, Runtime.ONNX, BLOCKING, call_blocking, 1),
    ]


def case_name(runtime: Runtime, callers: int) -> str:
    """Return the name of a case."""
    return f"{callers} caller{'s' * (callers > 1)}, AsyncEcgClient, {runtime}"


def _case(stage: Stage, runtime: Runtime, name: str, client: Client, callers: int) -> Case:
    return Case(PART, name, partial(_measure, stage, runtime, client, callers), runtime=runtime.value)


def _measure(stage: Stage, runtime: Runtime, client: Client, callers: int) -> Metrics:
    return stage.measure(client, stage.ecg_server(runtime), concurrency=callers)
