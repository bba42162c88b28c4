"""The results as tables of text, for whatever shows them. Pure functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.budget import stream_budget
from benchmarks.case import CaseResult, Goal, Results
from benchmarks.figures import of_bare_best, over_original
from benchmarks.parts import bare, gateway, growth, naive, original, resources, stream, unary, workers
from benchmarks.spread import Spread

NOTHING = "–"
VERDICTS: dict[bool | None, str] = {True: "met", False: "not met"}


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the columns' heads, and rows of as many cells; the first column is text, the others are figures."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A figure to show: its head, its name among the metrics, how many decimals, and whether its spread is shown."""

    head: str
    metric: str
    decimals: int
    has_spread: bool = False


_CPU = (
    Column("client CPU, ms each", "client_cpu_ms", 2),
    Column("server CPU, ms each", "server_cpu_ms", 2),
    Column("share of all cores", "share_of_cores", 2),
)
_RATE = Column("recordings/s", "recordings_per_s", 0, has_spread=True)
_LATENCIES = (Column("p50, ms", "p50_ms", 2, has_spread=True), Column("p99, ms", "p99_ms", 2, has_spread=True))
_BARE = (_RATE, Column("p50 of a run, ms", "p50_ms", 2, has_spread=True), Column("CPU, ms each", "client_cpu_ms", 2))
_UNARY = (_RATE, *_LATENCIES, *_CPU)
_STREAM = (_RATE, *_CPU)
_RESOURCES = (
    Column("start, s", "start_s", 2, has_spread=True),
    *(
        Column(f"{kind.upper()} {when}, MB", f"{when}_{kind}_mb", 0, has_spread=kind == "rss")
        for when in ("idle", "after")
        for kind in ("rss", "pss", "uss")
    ),
)
_GROWTH = (
    Column("recordings", "recordings", 0),
    Column("recordings/s", "recordings_per_s", 0),
    Column("first reading after", "first_reading_at", 0),
    Column("RSS then, MB", "server_rss_first_mb", 1),
    Column("highest later, MB", "server_rss_highest_mb", 1),
    Column("server's growth, %", "server_growth_percent", 2),
    Column("client's growth, %", "client_growth_percent", 2),
)

_PARTS: dict[str, tuple[str, tuple[Column, ...]]] = {
    bare.PART: ("The bare network in a loop", _BARE),
    original.PART: ("The original web service", _UNARY),
    naive.PART: ("A naive gRPC server, onnx", _UNARY),
    unary.PART: ("This server: single calls", _UNARY),
    gateway.PART: ("The gateway: a recording over HTTP, 1 caller, onnx", _UNARY),
    stream.PART: ("This server: streams", _STREAM),
    workers.PART: ("This server: worker processes, onnx", _UNARY),
    resources.PART: ("Start-up and memory", _RESOURCES),
    growth.PART: ("Memory in one long stream", _GROWTH),
}


def tables(results: Results) -> list[Table]:
    """Return a table for each part that was run, where the time of a stream goes, and the goals at the end."""
    parts = [_part_table(results.cases, part) for part in results.settings.parts]
    budget = stream_budget(results.cases, results.machine.usable_cores)
    return [*parts, *([_budget_table(budget)] if budget else []), goals_table(results.goals)]


def _part_table(cases: Sequence[CaseResult], part: str) -> Table:
    title, columns = _PARTS[part]
    ratios: dict[str, Callable[[Sequence[CaseResult], CaseResult], Spread | None]] = {}
    if _RATE in columns:
        ratios = {"× bare best": of_bare_best, "× original": over_original}
    rows = [
        (label(case), *(cell(case, column) for column in columns), *(_ratio(f(cases, case)) for f in ratios.values()))
        for case in cases
        if case.part == part
    ]
    return Table(title, ("", *(column.head for column in columns), *ratios), tuple(rows))


def label(case: CaseResult) -> str:
    """Return what a case is called, and why it was not measured if it was not."""
    return f"{case.name}: {case.note}" if case.note else case.name


def cell(case: CaseResult, column: Column) -> str:
    """Return a figure of a case."""
    found = case.metrics.get(column.metric)
    return NOTHING if found is None else shown(found, column.decimals, has_spread=column.has_spread)


def _ratio(measured: Spread | None) -> str:
    return NOTHING if measured is None else shown(measured, 2, has_spread=True)


def shown(measured: Spread, decimals: int, *, has_spread: bool) -> str:
    """Return a figure as text: its median and, where it was measured more than once, from where to where it went."""
    median, minimum, maximum = (
        f"{value:,.{decimals}f}" for value in (measured.median, measured.minimum, measured.maximum)
    )
    return f"{median} ({minimum}–{maximum})" if has_spread and len(measured.values) > 1 else median


def _verdict(goal: Goal) -> str:
    return VERDICTS.get(goal.is_met, "not judged") if goal.measured else "not measured"


def _budget_table(budget: dict[str, float]) -> Table:
    *_, every = budget.values()
    rows = tuple((who, f"{share:.2f}", f"{100 * share / every:.0f}") for who, share in budget.items())
    return Table(f"{stream.ONE_STREAM}: where the cores' time goes", ("", "ms a recording", "%"), rows)


def goals_table(goals: Sequence[Goal], title: str = "Goals") -> Table:
    """Return the goals, what was measured of each, and whether that is enough."""
    rows = [(goal.name, goal.limit, _ratio(goal.measured), _verdict(goal), goal.note or NOTHING) for goal in goals]
    return Table(title, ("", "goal", "measured", "", "note"), tuple(rows))
