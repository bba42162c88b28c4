"""`ecg stream`: any number of recordings over one connection."""

import contextlib
import itertools
import logging
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ecg_client.cli.options import (
    AsCsv,
    AsJsonLines,
    AsParquet,
    Folds,
    ModelVersion,
    SampleRate,
    StreamTimeout,
    Unit,
    WithWindows,
)
from ecg_client.cli.rendering import NOT_A_MEDICAL_DEVICE, findings_table, json_line, print_table, terminal
from ecg_client.cli.row_output import OutputFile, Resume, check_output, printed_format, writing_rows
from ecg_client.cli.service import Service, calls_a_service
from ecg_client.errors import EcgError, UnwritableFileError
from ecg_client.formats.file_format import Stated
from ecg_client.formats.ptbxl_table import TABLE_NAME, is_ptbxl_folder
from ecg_client.formats.sources import SYNTHETIC, find_recordings, synthetic_sources
from ecg_client.outcomes import Outcome, predict_all
from ecg_client.report import Report
from ecg_client.report_page import ReportPage, writing_page
from ecg_client.resumption import logger
from ecg_client.tables.journal import journal_of

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE|FOLDER|-",
        help="Files of any format that docs/formats.md lists, folders of them, PTB-XL folders (an age of 300, which "
        'stands for "over 89", is sent as 90); - for standard input.',
        show_default=False,
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Send at most this many recordings.")]
Synthetic = Annotated[
    int, typer.Option(min=0, metavar="N", help="Send this many made-up recordings, before those of any files.")
]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE.html",
        help="Write a page about the batch too: counts, every recording with a small trace, quality, model. It has the "
        "recordings' ids on it.",
    ),
]


@calls_a_service
def stream(  # noqa: PLR0913, PLR0917 - each is an option of the command
    service: Service,
    paths: Paths = None,
    fold: Folds = None,
    limit: Limit = None,
    synthetic: Synthetic = 0,
    timeout: StreamTimeout = None,
    model_version: ModelVersion = "",
    output: OutputFile = None,
    report_file: ReportFile = None,
    sample_rate: SampleRate = None,
    unit: Unit = None,
    *,
    resume: Resume = False,
    windows: WithWindows = False,
    as_json: AsJsonLines = False,
    as_csv: AsCsv = False,
    as_parquet: AsParquet = False,
) -> None:
    """Classify many recordings over one connection.

    Prints a table of findings and, where labels are known, the AUC of each class and their mean. With --output every
    recording has a row in a file, and a run that was broken off is resumed.
    """
    if not paths and not synthetic:
        raise typer.BadParameter("give files, a folder or --synthetic N")
    if fold and not any(is_ptbxl_folder(path) for path in paths or []):
        raise typer.BadParameter(f"--fold needs a PTB-XL folder (one with {TABLE_NAME})")
    printed = printed_format(as_json=as_json, as_csv=as_csv, as_parquet=as_parquet)
    check_output(output, resume=resume)
    with _saying_so():
        in_files = find_recordings(paths or [], folds=fold, sample_rate_hz=sample_rate, unit=unit)
    found = [*synthetic_sources(synthetic), *in_files]
    if not found:
        raise typer.BadParameter("nothing to send: no recording is in these folds")
    report = Report()
    with (
        _page(report_file, report) as page,
        service.client() as client,
        writing_rows(Stated(sample_rate, unit), printed, output) as rows,
        _telling_of_cuts(),
        _reporting(report, output, is_quiet=as_json or printed is not None),
    ):
        sources = rows.begin(client, found[:limit], model_version)
        report.kept_count = rows.kept_count
        report.synthetic_count = sum(source.path == SYNTHETIC for source in sources)
        read = rows.read(sources)
        items = page.sketched(read) if page else read
        outcomes = predict_all(client, items, timeout, include_windows=windows, model_version=model_version)
        outcomes = rows.written(page.written(outcomes) if page else outcomes)
        _receive(_with_progress(outcomes, len(sources), report.kept_count), report, as_json=as_json)
        report.row_count = rows.finish(found)
    sys.exit(1 if report.problem_count else 0)


def _saying_so() -> contextlib.AbstractContextManager[object]:
    """Says on a terminal that recordings are being looked for, which takes seconds where there are thousands."""
    console = terminal(stderr=True)
    return console.status("looking for recordings") if console.is_terminal else contextlib.nullcontext()


def _page(path: Path | None, report: Report) -> contextlib.AbstractContextManager[ReportPage | None]:
    if path is None:
        return contextlib.nullcontext()
    try:
        # Before anything is sent: nobody wants to learn at the end that there will be no page.
        path.touch()
    except OSError as error:
        raise typer.BadParameter(f"--report: {path} cannot be written: {error.strerror}; give another") from error
    return writing_page(path, report)


@contextlib.contextmanager
def _telling_of_cuts() -> Iterator[None]:
    """Says on standard error when the stream is cut, and resumed."""
    teller = _Teller(logging.WARNING)
    logger.addHandler(teller)
    try:
        yield
    finally:
        logger.removeHandler(teller)


class _Teller(logging.Handler):
    """Writes to standard error as it is when there is something to say: a progress bar puts its own in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        typer.echo(f"ecg: {record.getMessage()}", err=True)


@contextlib.contextmanager
def _reporting(report: Report, output: Path | None, *, is_quiet: bool) -> Iterator[None]:
    """Prints the report at the end; where the end came early too, and then it says so."""
    try:
        yield
    except (KeyboardInterrupt, EcgError) as error:
        if report.count:
            _print_report(report, output, is_quiet=is_quiet)
        if report.count or isinstance(error, KeyboardInterrupt):
            _tell_of_end(error, report, output)
        raise
    _print_report(report, output, is_quiet=is_quiet)


def _tell_of_end(error: BaseException, report: Report, output: Path | None) -> None:
    what = {KeyboardInterrupt: "interrupted", UnwritableFileError: "broken off"}.get(
        type(error), "the stream broke off"
    )
    results = f"{report.count} result{'' if report.count == 1 else 's'}"
    typer.echo(f"{what}: {results}; the rest has none", err=True)
    if output is not None and journal_of(output).exists():
        typer.echo(f"what there is lies in {journal_of(output)}; the same command goes on with --resume", err=True)


def _receive(outcomes: Iterable[Outcome], report: Report, *, as_json: bool) -> None:
    for outcome in outcomes:
        report.add(outcome)
        if as_json:
            typer.echo(json_line(outcome))


def _with_progress(outcomes: Iterable[Outcome], count: int, kept_count: int) -> Iterator[Outcome]:
    console = terminal(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("recordings", total=kept_count + count, completed=kept_count)
        for outcome in outcomes:
            progress.advance(task)
            yield outcome


class _Rate(ProgressColumn):
    """How many recordings a second."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s", style="progress.data.speed")


def _print_report(report: Report, output: Path | None, *, is_quiet: bool) -> None:
    # Programs read standard output, so beside rows the figures for people go to standard error.
    console = terminal(stderr=is_quiet)
    if report.rows and not is_quiet:
        print_table(console, findings_table(report.rows))
        if report.count > len(report.rows):
            kept = output if output is None or report.row_count else journal_of(output)
            where = kept or "--output FILE.csv, or --json"
            console.print(f"... and {report.count - len(report.rows)} more (all of them: {where})", soft_wrap=True)
    # Outcomes come in the order in which recordings are sent, the synthetic ones first.
    synthetic_count = min(report.synthetic_count, report.count)
    made_up = [f"Synthetic, made up by this program: {synthetic_count}"] if synthetic_count else []
    table = [f"{output}: {report.row_count} rows"] if report.row_count else []
    told = report.count_lines(), made_up, report.warned_lines(), report.remark_lines(), report.auc_lines(), table
    for line in itertools.chain(*told, [NOT_A_MEDICAL_DEVICE]):
        console.print(line, soft_wrap=True)
