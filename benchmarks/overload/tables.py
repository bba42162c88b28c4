"""The results as tables of text. Pure functions."""

from benchmarks.overload.results import Results, judge
from benchmarks.tables import Column, Table, cell, goals_table, label

COLUMNS = (
    Column("capacity, calls/s", "capacity_per_s", 0),
    Column("offered/s", "offered_per_s", 0),
    Column("answered/s over capacity", "answered_share", 2, has_spread=True),
    Column("refused/s", "refused_per_s", 0),
    Column("refused after: p50, ms", "refused_p50_ms", 1),
    Column("p99, ms", "refused_p99_ms", 1, has_spread=True),
    Column("answered after: p99, ms", "answered_p99_ms", 0),
    Column("calls", "calls", 0),
    Column("ended otherwise", "otherwise_ended", 0),
    Column("without RetryInfo", "without_retry_info", 0),
    Column("health p99, ms", "health_p99_ms", 1),
    Column("not SERVING", "not_serving", 0),
    Column("server, cores", "server_cores", 2),
    Column("RSS before, MB", "rss_before_mb", 0),
    Column("highest, MB", "rss_highest_mb", 0),
    Column("sent late: p99, ms", "behind_p99_ms", 1),
)


def tables(results: Results) -> list[Table]:
    """Return the goals, and a table for each model."""
    models = [Table(f"Overload: {model}", ("", *_heads()), _rows(results, model)) for model in results.settings.models]
    return [goals_table(judge(results), "Overload: goals, at ten times the capacity"), *models]


def description(results: Results) -> list[str]:
    """Return how it was measured, in words, a line each."""
    settings = results.settings
    cores = f"the server on {len(settings.server_cores)}, its callers on {len(settings.caller_cores)}"
    return [
        f"Cores: {cores}; the capacity is that of the server's",
        f"Run: {results.date}, {settings.rounds} rounds, {settings.seconds:g} s a flood; median (minimum–maximum)",
    ]


def _heads() -> tuple[str, ...]:
    return tuple(column.head for column in COLUMNS)


def _rows(results: Results, model: str) -> tuple[tuple[str, ...], ...]:
    return tuple((label(case), *(cell(case, one) for one in COLUMNS)) for case in results.cases if case.part == model)
