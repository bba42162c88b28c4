"""Runs the cases, round after round."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from benchmarks.answers import describe_model
from benchmarks.case import Case, CaseResult, Results
from benchmarks.goals import judge
from benchmarks.machine import describe_machine
from benchmarks.measurement import Metrics
from benchmarks.parts import bare, gateway, growth, naive, original, resources, stream, unary, workers
from benchmarks.settings import Settings
from benchmarks.spread import Spread, spread
from benchmarks.stage import Stage

PARTS: dict[str, Callable[[Stage], list[Case]]] = {
    module.PART: module.cases for module in (bare, original, naive, unary, gateway, stream, workers, resources, growth)
}

Report = Callable[[int, int, str], None]
"""Told how many measurements are done, of how many, and what is measured next."""


def run(settings: Settings, report: Report) -> Results:
    """Measure all cases of the parts that were asked for, and judge the goals."""
    machine = describe_machine()
    with Stage(settings) as stage:
        model = stage.start("answers", describe_model, settings.model).result()
        measured = run_cases([case for part in settings.parts for case in PARTS[part](stage)], settings.rounds, report)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    results = Results(today, machine, model, settings, tuple(measured))
    return replace(results, goals=judge(results))


def run_cases(cases: Sequence[Case], rounds: int, report: Report) -> list[CaseResult]:
    """Measure each case once a round, one after the other. A case that fails is left out from then on."""
    turns = [(number, case) for number in range(rounds) for case in cases if number < (case.rounds or rounds)]
    figures: dict[tuple[str, str], list[Metrics]] = defaultdict(list)
    failed: dict[tuple[str, str], Exception] = {}
    for index, (_, case) in enumerate(turns):
        key = (case.part, case.name)
        report(index, len(turns), f"{case.part}: {case.name}")
        if key in failed:
            continue
        try:
            figures[key].append(case.measure())
        except Exception as error:  # noqa: BLE001 - the others are worth measuring all the same
            failed[key] = error
    return [_result(case, figures[case.part, case.name], failed.get((case.part, case.name))) for case in cases]


def _result(case: Case, rounds: Iterable[Metrics], error: Exception | None) -> CaseResult:
    result = CaseResult(case.part, case.name, case.runtime)
    if error is None:
        return replace(result, metrics=_spreads(list(rounds)))
    return replace(result, note=f"failed: {type(error).__name__}: {error}", is_failure=True)


def _spreads(rounds: Sequence[Metrics]) -> dict[str, Spread]:
    return {metric: spread([figures[metric] for figures in rounds]) for metric in rounds[0]}
