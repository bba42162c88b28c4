"""How long a server takes to start, and the memory it holds, idle and after work. A new server in every round."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from benchmarks.calls import call_async
from benchmarks.case import Case
from benchmarks.measurement import Metrics
from benchmarks.parts import naive, original
from benchmarks.processes import Memory, RunningServer, memory, running
from benchmarks.stage import Stage, ecg_server_arguments
from benchmarks.streams import stream_blocking
from ecg_model.loading import Runtime

PART = "resources"
CALLERS = 32

Work = Callable[[Stage, RunningServer], None]


def cases(stage: Stage) -> list[Case]:
    """Return the cases of this part."""
    model = ("--model", stage.settings.model)
    return [
        *(_own_case(stage, runtime) for runtime in (Runtime.ONNX, Runtime.TENSORFLOW)),
        _case(stage, "naive gRPC server", Runtime.ONNX, _call_and_stream, naive.MODULE, *model),
        replace(
            _case(stage, "original web service", Runtime.TENSORFLOW, _call_original, original.MODULE, *model), rounds=1
        ),
    ]


def case_name(runtime: Runtime) -> str:
    """Return the name of this server's case."""
    return f"this server, {runtime}"


def _own_case(stage: Stage, runtime: Runtime) -> Case:
    arguments = ecg_server_arguments(stage.settings.model, runtime)
    return _case(stage, case_name(runtime), runtime, _call_and_stream, "ecg_server", *arguments)


def _case(stage: Stage, name: str, runtime: Runtime, work: Work, module: str, *arguments: str) -> Case:
    measure = partial(_measure, stage, work, module, *arguments)
    return Case(PART, name, measure, runtime=runtime.value, rounds=stage.settings.resource_rounds)


def _measure(stage: Stage, work: Work, module: str, *arguments: str) -> Metrics:
    with running(module, *arguments) as server:
        idle = memory(server.pid)
        work(stage, server)
        return {"start_s": server.start_seconds} | _named("idle", idle) | _named("after", memory(server.pid))


def _call_and_stream(stage: Stage, server: RunningServer) -> None:
    stage.measure(call_async, server, concurrency=CALLERS)
    stage.measure(stream_blocking, server)


def _call_original(stage: Stage, server: RunningServer) -> None:
    original.call_original(stage, server, CALLERS)


def _named(when: str, taken: Memory) -> Metrics:
    return {f"{when}_rss_mb": taken.rss, f"{when}_pss_mb": taken.pss, f"{when}_uss_mb": taken.uss}
