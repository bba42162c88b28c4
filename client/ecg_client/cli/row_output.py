"""Rows to standard output, and into a file that a run which was broken off can be resumed with."""

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from ecg_client.client import EcgClient
from ecg_client.errors import UnreadableFileError
from ecg_client.formats.file_format import Stated
from ecg_client.formats.sources import RecordingSource
from ecg_client.outcomes import Outcome
from ecg_client.recording import Recording
from ecg_client.tables.journal import journal_of
from ecg_client.tables.origin import OriginsOnTheWay
from ecg_client.tables.resumable_table import ResumableTable
from ecg_client.tables.row_formats import CSV, PARQUET, ROW_FORMATS, RowFormat, RowWriter
from ecg_client.tables.rows import Row, columns, row_of

OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write a row for each recording, those that cannot be classified too. The suffix says how: "
        f"{', '.join(ROW_FORMATS)}. The file is there when all is done; docs/batch.md has its columns.",
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on with the --output of an earlier run, finished or broken off: do what has no prediction in it yet, "
        "and what has changed since.",
    ),
]


def printed_format(*, as_json: bool, as_csv: bool, as_parquet: bool) -> RowFormat | None:
    """Returns the format in which rows shall be printed; None: in none."""
    if as_json + as_csv + as_parquet > 1:
        raise typer.BadParameter("give one of --json, --csv and --parquet")
    if as_parquet and sys.stdout.isatty():
        raise typer.BadParameter("--parquet is not for a terminal; send it into a file or a pipe")
    printed = CSV if as_csv else PARQUET if as_parquet else None
    if printed is not None:
        printed.require()
    return printed


def check_output(path: Path | None, *, resume: bool) -> None:
    """Refuses, before anything is done, what would end in no table or in the loss of another."""
    if path is None:
        if resume:
            raise typer.BadParameter("--resume goes on with a file: name it with --output")
        return
    if path.suffix.lower() not in ROW_FORMATS:
        raise typer.BadParameter(f"--output: {path} must end in one of {', '.join(ROW_FORMATS)}")
    ROW_FORMATS[path.suffix.lower()].require()
    if resume:
        return
    journal = journal_of(path)
    if path.exists():
        raise typer.BadParameter(f"--output: {path} is there already; go on with it with --resume, or name another")
    if journal.exists() and journal.stat().st_size:
        raise typer.BadParameter(
            f"--output: a run that was broken off has left {journal}; go on with it with --resume, or remove it"
        )


class RowOutput:
    """The rows of a run: those that are printed, and those that are kept in a table.

    Args:
        stated: What was stated of files that do not say it themselves.
        printed: The format in which rows are printed; None: none are.
        table: Where rows are kept; None: nowhere.
    """

    def __init__(self, stated: Stated, printed: RowFormat | None, table: ResumableTable | None) -> None:
        self._stated = stated
        self._printed = printed
        self._writer: RowWriter | None = None
        self._table = table
        self._on_the_way = OriginsOnTheWay(stated)

    def begin(
        self, client: EcgClient, sources: list[RecordingSource], model_version: str = ""
    ) -> list[RecordingSource]:
        """Asks the service what its classes are, where rows are wanted; returns what is to be sent."""
        if self._printed is None and self._table is None:
            return sources
        summary = client.model_summary(model_version=model_version)
        if self._printed is not None:
            self._writer = self._printed.writer(sys.stdout.buffer, columns(summary.class_codes))
        return sources if self._table is None else self._table.pending(sources, summary, self._stated)

    @property
    def kept_count(self) -> int:
        """How many recordings have a row that an earlier run wrote, and that holds."""
        return 0 if self._table is None else self._table.kept_count

    def read(self, sources: Iterable[RecordingSource]) -> Iterator[Recording | UnreadableFileError]:
        """Reads recordings one after the other."""
        return self._on_the_way.read(sources)

    def written(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Passes on outcomes, which come in the order in which recordings were read, and writes a row for each."""
        for outcome, origin in self._on_the_way.arrived(outcomes):
            if self._table is not None or self._writer is not None:
                self._write(row_of(outcome, origin))
            yield outcome

    def _write(self, row: Row) -> None:
        if self._table is not None:
            self._table.add(row)
        if self._writer is not None:
            self._writer.write(row)
            sys.stdout.buffer.flush()

    def finish(self, found: list[RecordingSource]) -> int:
        """Completes the table, given all recordings that were found, those that were not sent too.

        Returns:
            How many rows it has; 0 where there is none.
        """
        return 0 if self._table is None else self._table.finish(found)

    def close(self) -> None:
        """Prints what is left."""
        if self._writer is not None:
            self._writer.close()
            sys.stdout.buffer.flush()


@contextlib.contextmanager
def writing_rows(stated: Stated, printed: RowFormat | None, output: Path | None = None) -> Iterator[RowOutput]:
    """Opens what rows are written to."""
    with contextlib.nullcontext() if output is None else ResumableTable(output) as table:
        rows = RowOutput(stated, printed, table)
        try:
            yield rows
        finally:
            rows.close()
