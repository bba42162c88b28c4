"""All of a test of overload, and whether its goals are met. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.case import CaseResult, Goal
from benchmarks.machine import Machine
from benchmarks.overload.settings import Settings
from benchmarks.spread import Spread, ratio, spread

TEN_TIMES = 10.0


@dataclass(frozen=True, slots=True)
class Results:
    """What came of it.

    Attributes:
        date: the day.
        machine: where it was.
        settings: how it was done.
        cases: what came of every flood; its part is the model.
    """

    date: str
    machine: Machine
    settings: Settings
    cases: tuple[CaseResult, ...]


def case_name(connections: int, multiple: float) -> str:
    """Return the name of a flood."""
    return f"{multiple:g} ×, {connections} connection{'s' * (connections > 1)}"


def judge(results: Results) -> tuple[Goal, ...]:
    """Return the goals, each judged by the worst of the floods of ten times the capacity; of none, not at all."""
    floods = [case.metrics for case in results.cases if case.metrics and case.name.startswith(f"{TEN_TIMES:g} ×")]
    growth = [ratio(one["rss_highest_mb"], one["rss_before_mb"]) for one in floods]
    amiss = [_total(one, "otherwise_ended", "without_retry_info") for one in floods]
    return (
        _at_least(0.9, "answered, as a share of the capacity", [one["answered_share"] for one in floods]),
        _at_most(50, "ms", "from sending to refusal, p99", [one["refused_p99_ms"] for one in floods]),
        _at_most(0, "", "calls that are neither answered nor refused with RetryInfo", amiss),
        _at_most(1.5, "", "resident memory at its highest over that before", growth),
        _at_most(0, "", "probes told otherwise than SERVING", [one["not_serving"] for one in floods]),
    )


def _total(metrics: dict[str, Spread], *names: str) -> Spread:
    return spread([sum(values) for values in zip(*(metrics[name].values for name in names), strict=True)])


def _at_least(bound: float, name: str, measured: Sequence[Spread]) -> Goal:
    worst = min(measured, key=lambda one: one.median, default=None)
    return Goal(name, f"≥ {bound:g}", worst, None if worst is None else worst.median >= bound)


def _at_most(bound: float, unit: str, name: str, measured: Sequence[Spread]) -> Goal:
    worst = max(measured, key=lambda one: one.median, default=None)
    return Goal(name, f"≤ {bound:g} {unit}".strip(), worst, None if worst is None else worst.median <= bound)
