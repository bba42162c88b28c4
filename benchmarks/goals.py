"""The goals, each with what this run measured. The median over the rounds decides."""

from dataclasses import replace

from benchmarks.case import Goal, Results
from benchmarks.figures import bare_best, bare_single_ms, figure, of_bare_best, over_original
from benchmarks.parts import gateway, growth, resources, stream, unary
from benchmarks.spread import Spread, difference, ratio
from ecg_model.loading import Runtime

LONG_STREAM = 100_000
CORES = 2
ONE_CALLER = unary.case_name(Runtime.ONNX, 1)
MANY_CALLERS = unary.case_name(Runtime.ONNX, 32)


def judge(results: Results) -> tuple[Goal, ...]:
    """Return every goal, met or not."""
    return (
        _stream_speed(results),
        _stream_speed_at_500_hz(results),
        _unary_latency(results),
        _over_original(results),
        _tail(results),
        *_json_cost(results),
        _at_most(200, "MB", "Resident memory after load, onnx", _resource(results, "after_rss_mb")),
        _at_most(1.5, "s", "From the process's start to SERVING, onnx", _resource(results, "start_s")),
        _growth(results),
    )


def _stream_speed(results: Results) -> Goal:
    case = next((one for one in results.cases if (one.part, one.name) == (stream.PART, stream.ONE_STREAM)), None)
    best = bare_best(results.cases, Runtime.ONNX)
    goal = _at_least(
        0.9,
        "",
        f"{stream.ONE_STREAM}: recordings/s over the bare network's best",
        None if case is None else of_bare_best(results.cases, case),
    )
    note = "" if best is None else f"best: {best.name}"
    cores = results.machine.usable_cores
    return replace(goal, note=note if cores == CORES else f"{note}; on {cores} cores, the goal is about {CORES}")


def _stream_speed_at_500_hz(results: Results) -> Goal:
    resampled, native = (
        figure(results.cases, stream.PART, name, "recordings_per_s")
        for name in (stream.ONE_STREAM_500_HZ, stream.ONE_STREAM)
    )
    measured = None if resampled is None or native is None else ratio(resampled, native)
    return _at_least(0.6, "", f"{stream.ONE_STREAM_500_HZ}: recordings/s over those at 100 Hz", measured)


def _unary_latency(results: Results) -> Goal:
    latency = figure(results.cases, unary.PART, ONE_CALLER, "p50_ms")
    single = bare_single_ms(results.cases, Runtime.ONNX)
    beyond = None if latency is None or single is None else difference(latency, single)
    return _at_most(0.6, "ms", f"{ONE_CALLER}: p50 less the bare network's for a single recording", beyond)


def _over_original(results: Results) -> Goal:
    case = next((one for one in results.cases if (one.part, one.name) == (unary.PART, MANY_CALLERS)), None)
    measured = None if case is None else over_original(results.cases, case)
    return _at_least(25, "", f"{MANY_CALLERS}: recordings/s over the original web service's", measured)


def _tail(results: Results) -> Goal:
    p50, p99 = (figure(results.cases, unary.PART, MANY_CALLERS, f"p{percent}_ms") for percent in (50, 99))
    return _at_most(3, "", f"{MANY_CALLERS}: p99 over p50", None if p50 is None or p99 is None else ratio(p99, p50))


def _json_cost(results: Results) -> tuple[Goal, ...]:
    return tuple(
        _at_most(3, "ms", f"{name}: CPU of server and gateway, less the server's for gRPC", _beyond_grpc(results, name))
        for name in gateway.DOORS
    )


def _beyond_grpc(results: Results, name: str) -> Spread | None:
    over_http, over_grpc = (
        figure(results.cases, gateway.PART, case, "server_cpu_ms") for case in (name, gateway.OVER_GRPC)
    )
    return None if over_http is None or over_grpc is None else difference(over_http, over_grpc)


def _growth(results: Results) -> Goal:
    growth_percent = figure(results.cases, growth.PART, growth.NAME, "server_growth_percent")
    goal = _at_most(2, "%", "Growth of the server's memory in a stream, after its first 10,000", growth_percent)
    sent = results.settings.stream_recordings
    if growth_percent is None or sent >= LONG_STREAM:
        return goal
    return replace(goal, is_met=None, note=f"{sent:,} recordings were sent; {LONG_STREAM:,} are needed to tell")


def _resource(results: Results, metric: str) -> Spread | None:
    return figure(results.cases, resources.PART, resources.case_name(Runtime.ONNX), metric)


def _at_least(bound: float, unit: str, name: str, measured: Spread | None) -> Goal:
    is_met = None if measured is None else measured.median >= bound
    return Goal(name, f"≥ {bound:g} {unit}".strip(), measured, is_met)


def _at_most(bound: float, unit: str, name: str, measured: Spread | None) -> Goal:
    is_met = None if measured is None else measured.median <= bound
    return Goal(name, f"≤ {bound:g} {unit}".strip(), measured, is_met)
