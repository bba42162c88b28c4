"""Looks figures up in the results, and sets them in proportion. Pure functions."""

from collections.abc import Sequence

from benchmarks.case import CaseResult
from benchmarks.parts import bare, original
from benchmarks.spread import Spread, ratio
from ecg_model.loading import Runtime

RATE = "recordings_per_s"


def find(cases: Sequence[CaseResult], part: str, name: str) -> CaseResult | None:
    """Return what came of a case; None when its part did not run."""
    return next((case for case in cases if (case.part, case.name) == (part, name)), None)


def figure(cases: Sequence[CaseResult], part: str, name: str, metric: str) -> Spread | None:
    """Return a figure; None when it was not measured."""
    found = find(cases, part, name)
    return None if found is None else found.metrics.get(metric)


def bare_best(cases: Sequence[CaseResult], runtime: str) -> CaseResult | None:
    """Return where the bare network classified the most recordings a second, of all ways of running it."""
    measured = [case for case in cases if case.part == bare.PART and case.runtime == runtime and case.metrics]
    return max(measured, key=lambda case: case.metrics[RATE].median, default=None)


def bare_single_ms(cases: Sequence[CaseResult], runtime: Runtime) -> Spread | None:
    """Return the time the bare network takes for a single recording, with the number of threads that suits it best."""
    names = [bare.case_name(runtime, threads, runs=1, batch=1) for threads in bare.THREADS]
    times = [figure(cases, bare.PART, name, "p50_ms") for name in names]
    return min((time for time in times if time), key=lambda time: time.median, default=None)


def of_bare_best(cases: Sequence[CaseResult], case: CaseResult) -> Spread | None:
    """Return a case's recordings a second over the bare network's best of the same runtime."""
    best = bare_best(cases, case.runtime)
    return None if best is None else _ratio(case.metrics.get(RATE), best.metrics[RATE])


def over_original(cases: Sequence[CaseResult], case: CaseResult) -> Spread | None:
    """Return a case's recordings a second over those of the original service with 32 callers."""
    return _ratio(case.metrics.get(RATE), figure(cases, original.PART, original.case_name(32), RATE))


def _ratio(over: Spread | None, under: Spread | None) -> Spread | None:
    if over is None or under is None or len(over.values) != len(under.values):
        return None
    return ratio(over, under)
