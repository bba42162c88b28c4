"""What is measured, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.machine import Machine
from benchmarks.measurement import Metrics
from benchmarks.settings import Settings
from benchmarks.spread import Spread


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to measure, once in every round.

    Attributes:
        part: the part of the benchmark it belongs to.
        name: what it is; unique in its part.
        measure: measures it once.
        runtime: what runs the network in it.
        rounds: how often it is measured at most; None: in every round.
    """

    part: str
    name: str
    measure: Callable[[], Metrics]
    runtime: str
    rounds: int | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case.

    Attributes:
        part: the case's part.
        name: its name.
        runtime: what ran the network in it.
        metrics: its figures over all rounds; empty when it was not measured.
        note: why it was not measured; "" when it was.
        is_failure: whether that is a fault, and not merely something this model does not do.
    """

    part: str
    name: str
    runtime: str
    metrics: dict[str, Spread] = field(default_factory=dict)
    note: str = ""
    is_failure: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal, and whether it is met.

    Attributes:
        name: what is to be reached.
        limit: where the bar lies, in words.
        measured: what was measured; None: the parts it needs did not run.
        is_met: whether the median is at or beyond the bar; None where that cannot be told.
        note: what else to know.
    """

    name: str
    limit: str
    measured: Spread | None
    is_met: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """All of a run.

    Attributes:
        date: the day of the run.
        machine: where it ran.
        model: the model: its name, its version and how its digest begins.
        settings: how it was done.
        cases: what came of every case.
        goals: whether the goals are met.
    """

    date: str
    machine: Machine
    model: str
    settings: Settings
    cases: tuple[CaseResult, ...]
    goals: tuple[Goal, ...] = ()
