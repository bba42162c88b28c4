"""All of a comparison, and its tables. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.case import CaseResult
from benchmarks.machine import Machine
from benchmarks.settings import Settings
from benchmarks.spread import ratio
from benchmarks.tables import NOTHING, Column, Table, cell, label, shown

SERVER = "ecg-server"
RATE = "recordings_per_s"

_COLUMNS = (
    Column("recordings/s", RATE, 0, has_spread=True),
    Column("p50, ms", "p50_ms", 1, has_spread=True),
    Column("p99, ms", "p99_ms", 1),
    Column("client CPU, ms each", "client_cpu_ms", 2),
    Column("all other CPU, ms each", "server_cpu_ms", 2),
    Column("share of all cores", "share_of_cores", 2),
)


@dataclass(frozen=True, slots=True)
class Results:
    """What came of it.

    Attributes:
        date: the day.
        machine: where it was.
        settings: how it was done.
        cases: what came of every load on every service; its part is the load.
    """

    date: str
    machine: Machine
    settings: Settings
    cases: tuple[CaseResult, ...]


def tables(results: Results) -> list[Table]:
    """Return a table for each load, with each service in relation to the server of the same rounds."""
    loads = dict.fromkeys(case.part for case in results.cases)
    return [_table(load, [case for case in results.cases if case.part == load]) for load in loads]


def _table(load: str, cases: Sequence[CaseResult]) -> Table:
    (server,) = (case for case in cases if case.name == SERVER)
    rows = [(label(case), *(cell(case, column) for column in _COLUMNS), _over(case, server)) for case in cases]
    return Table(load, ("", *(column.head for column in _COLUMNS), f"× {SERVER}"), tuple(rows))


def _over(case: CaseResult, server: CaseResult) -> str:
    if not (case.metrics and server.metrics):
        return NOTHING
    return shown(ratio(case.metrics[RATE], server.metrics[RATE]), 2, has_spread=True)
