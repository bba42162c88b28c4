"""Writes results into a Markdown document, between two marks; what stands around them is left as it is."""

from pathlib import Path

from benchmarks.case import Results
from benchmarks.machine import Machine
from benchmarks.tables import Table, tables

BEGIN = "<!-- measured: from here on written by `python -m benchmarks --document` -->"
END = "<!-- measured: to here -->"


def write_document(results: Results, path: Path) -> None:
    """Put results into a document.

    Raises:
        ValueError: the document lacks the marks.
    """
    put_between(BEGIN, END, markdown(results), path)


def put_between(begin: str, end: str, text: str, path: Path) -> None:
    """Put a text between two marks of a document, in place of what is there.

    Raises:
        ValueError: the document lacks the marks.
    """
    before, begun, rest = path.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not (begun and ended):
        raise ValueError(f"{path}: there is no place for the results: {begin} ... {end}")
    path.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")


def markdown(results: Results) -> str:
    """Return the description of the machine and all tables, the goals first."""
    *parts, goals = tables(results)
    described = "\n".join(f"* {line}" for line in description(results))
    return "\n".join([described, "", *map(markdown_table, (goals, *parts))])


def description(results: Results) -> list[str]:
    """Return where and how it was measured, in words, a line each."""
    settings = results.settings
    measuring = f"{settings.rounds} rounds, {settings.seconds:g} s a measurement; median (minimum–maximum)"
    return [
        *machine_description(results.machine),
        f"Model: {results.model}",
        f"Run: {results.date}, {measuring}",
    ]


def machine_description(machine: Machine) -> list[str]:
    """Return what the machine is and what runs on it, a line each."""
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    hardware = f"{machine.processor}, {machine.usable_cores} cores used, {machine.memory_gb:g} GB"
    return [
        f"Machine: {hardware}, {machine.system}, load before the run {machine.load_before:g}",
        f"Software: {machine.python}, {versions}",
    ]


def markdown_table(table: Table) -> str:
    """Return a table, its title as a heading."""
    rules = ("---", *("---:" for _ in table.heads[1:]))
    rows = [table.heads, rules, *table.rows]
    return "\n".join([f"### {table.title}", "", *(_markdown_row(row) for row in rows), ""])


def _markdown_row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') or ' ' for cell in cells)} |"
