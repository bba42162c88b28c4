"""Shows results and progress on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

from benchmarks.case import Results
from benchmarks.document import description
from benchmarks.suite import Report
from benchmarks.tables import Table, tables


def show(results: Results, console: Console) -> None:
    """Print a description of the machine and all tables."""
    for line in description(results):
        console.print(line)
    for table in tables(results):
        show_table(table, console)


def show_table(table: Table, console: Console) -> None:
    """Print a table."""
    shown = RichTable(title=table.title, title_justify="left")
    for index, head in enumerate(table.heads):
        shown.add_column(head, justify="right" if index else "left")
    for row in table.rows:
        shown.add_row(*row)
    console.print(shown)


@contextmanager
def progress(console: Console) -> Iterator[Report]:
    """Show what is being measured. Drawn between measurements only, so that it disturbs none."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, auto_refresh=False, transient=True) as bar:
        task = bar.add_task("")

        def report(done: int, total: int, following: str) -> None:
            bar.update(task, completed=done, total=total, description=following, refresh=True)

        yield report
