"""`ecg stream`: any number of recordings over one connection."""

import contextlib
import itertools
import logging
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ecg_client.cli.options import AsJsonLines, ModelVersion, SampleRate, Unit, WithWindows
from ecg_client.cli.rendering import NOT_A_MEDICAL_DEVICE, findings_table, json_line, print_table, terminal
from ecg_client.cli.service import Service, calls_a_service
from ecg_client.errors import EcgError
from ecg_client.formats.ptbxl_table import TABLE_NAME, is_ptbxl_folder
from ecg_client.formats.sources import find_recordings, synthetic_sources
from ecg_client.outcomes import Outcome, predict_all
from ecg_client.report import Report
from ecg_client.report_page import ReportPage, writing_page
from ecg_client.resumption import logger

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE|FOLDER|-",
        help="Files of any format that docs/formats.md lists, folders of them, PTB-XL folders (an age of 300, which "
        'stands for "over 89", is sent as 90); - for standard input.',
        show_default=False,
    ),
]
Folds = Annotated[
    list[int] | None,
    typer.Option(
        "--fold", min=1, max=10, metavar="N", help="A fold to read of a PTB-XL folder; may be repeated. Default: all."
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Send at most this many recordings.")]
Synthetic = Annotated[
    int, typer.Option(min=0, metavar="N", help="Send this many made-up recordings, before those of any files.")
]
StreamTimeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", min=0.001, metavar="SECONDS", help="How long the whole stream may take. Default: no limit."
    ),
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
    report_file: ReportFile = None,
    sample_rate: SampleRate = None,
    unit: Unit = None,
    *,
    windows: WithWindows = False,
    as_json: AsJsonLines = False,
) -> None:
    """Classify many recordings over one connection.

    Prints a table of findings and, where labels are known, the AUC of each class and their mean.
    """
    if not paths and not synthetic:
        raise typer.BadParameter("give files, a folder or --synthetic N")
    if fold and not any(is_ptbxl_folder(path) for path in paths or []):
        raise typer.BadParameter(f"--fold needs a PTB-XL folder (one with {TABLE_NAME})")
    found = find_recordings(paths or [], folds=fold, sample_rate_hz=sample_rate, unit=unit)
    sources = [*synthetic_sources(synthetic), *found][:limit]
    if not sources:
        raise typer.BadParameter("nothing to send: no recording is in these folds")
    report = Report()
    with (
        _page(report_file, report) as page,
        service.client() as client,
        _telling_of_cuts(),
        _reporting(report, synthetic, as_json=as_json),
    ):
        read = (source.read_or_error() for source in sources)
        items = page.sketched(read) if page else read
        outcomes = predict_all(client, items, timeout, include_windows=windows, model_version=model_version)
        outcomes = page.written(outcomes) if page else outcomes
        _receive(_with_progress(outcomes, len(sources)), report, as_json=as_json)
    sys.exit(1 if report.problem_count else 0)


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
def _reporting(report: Report, synthetic: int, *, as_json: bool) -> Iterator[None]:
    """Prints the report at the end; where the end came early too, and then it says so."""
    try:
        yield
    except (KeyboardInterrupt, EcgError) as error:
        is_interrupted = isinstance(error, KeyboardInterrupt)
        if report.count:
            _print_report(report, synthetic, as_json=as_json)
        if report.count or is_interrupted:
            what = "interrupted" if is_interrupted else "the stream broke off"
            results = f"{report.count} result{'' if report.count == 1 else 's'}"
            typer.echo(f"{what}: {results}; the rest has none", err=True)
        raise
    _print_report(report, synthetic, as_json=as_json)


def _receive(outcomes: Iterable[Outcome], report: Report, *, as_json: bool) -> None:
    for outcome in outcomes:
        report.add(outcome)
        if as_json:
            typer.echo(json_line(outcome))


def _with_progress(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    console = terminal(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield from progress.track(outcomes, total=total, description="recordings")


def _print_report(report: Report, synthetic: int, *, as_json: bool) -> None:
    # Programs read standard output, so beside JSON the figures for people go to standard error.
    console = terminal(stderr=as_json)
    if not as_json:
        print_table(console, findings_table(report.rows))
        if report.count > len(report.rows):
            console.print(f"... and {report.count - len(report.rows)} more (all of them: --json)", soft_wrap=True)
    # Outcomes come in the order in which recordings are sent, the synthetic ones first.
    synthetic_count = min(synthetic, report.count)
    made_up = [f"Synthetic, made up by this program: {synthetic_count}"] if synthetic_count else []
    told = report.count_lines(), made_up, report.warned_lines(), report.remark_lines(), report.auc_lines()
    for line in itertools.chain(*told, [NOT_A_MEDICAL_DEVICE]):
        console.print(line, soft_wrap=True)
