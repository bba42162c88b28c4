"""`ecg evaluate`: how well the service does on recordings whose labels are known."""

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ecg_client.cli.label_selection import LabelSelection
from ecg_client.cli.options import Files, Folds, ModelVersion, SampleRate, StreamTimeout, Unit
from ecg_client.cli.rendering import NOT_A_MEDICAL_DEVICE, print_table, terminal
from ecg_client.cli.service import Service, calls_a_service
from ecg_client.errors import UnreadableFileError
from ecg_client.evaluation import MACRO, RESAMPLES, Case, ClassFigures, Estimate, evaluate_classes
from ecg_client.formats.ptbxl_table import TABLE_NAME, is_ptbxl_folder
from ecg_client.formats.sources import find_recordings
from ecg_client.label_table import Labels, read_labels
from ecg_client.outcomes import Outcome, predict_all
from ecg_client.prediction import Prediction
from ecg_client.wording import problem_text

LabelTable = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="LABELS.csv",
        help="A table of what the recordings show: a column recording_id (or file), and one or more of NORM, MI, STTC, "
        "CD and HYP with 1, 0, or nothing where it is unknown. Default: the labels that the files bring.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, with the interval of every figure.")]

NOTE = f"""\
Labels come from a PTB-XL folder, from Z_test of an .npz file, or from a table. A recording of the first two that shows
no class at all counts as unlabelled, as in published figures of PTB-XL; in a table, 0 is 0. Recordings without a label
are not sent. Those from which the service abstains count like the others; where there are any, a second table is
without them. Intervals are of 95 %, from {RESAMPLES:,} bootstrap resamples of recordings: where patients have several,
they are a little too narrow.
"""
_MAX_PROBLEMS = 20
_FIGURE_NAMES = ("auc", "average_precision", "sensitivity", "specificity", "ppv", "f1")
_HEADINGS = ("n", "with", "AUC (95 %)", "AP", "sens.", "spec.", "PPV", "F1", "from")


@calls_a_service
def evaluate(  # noqa: PLR0913, PLR0917 - each is an option of the command
    service: Service,
    files: Files,
    labels: LabelTable = None,
    fold: Folds = None,
    timeout: StreamTimeout = None,
    model_version: ModelVersion = "",
    sample_rate: SampleRate = None,
    unit: Unit = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Measure the service on recordings whose labels are known.

    Prints, for each class, how many recordings there are (n), and with it; AUC, average precision (AP), and at the
    threshold from which it is a finding sensitivity, specificity, positive predictive value (PPV) and F1.
    """
    if fold and not any(map(is_ptbxl_folder, files)):
        raise typer.BadParameter(f"--fold needs a PTB-XL folder (one with {TABLE_NAME})")
    table = None if labels is None else _read_labels(labels)
    sources = find_recordings(files, folds=fold, sample_rate_hz=sample_rate, unit=unit)
    selection = LabelSelection(table)
    console = terminal(stderr=True)
    tally = _Tally(console)
    items = selection.labelled(source.read_or_error() for source in sources)
    with service.client() as client:
        outcomes = predict_all(client, items, timeout, model_version=model_version)
        for outcome in track(
            outcomes,
            "recordings",
            total=len(sources),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        ):
            tally.add(outcome)
    selection.check()
    figures = _Figures(list(evaluate_classes(tally.cases)), list(evaluate_classes(tally.decided_cases)))
    if as_json:
        typer.echo(json.dumps(_as_json(selection, tally, figures), indent=2, ensure_ascii=False))
    else:
        _print(selection, tally, figures)
    sys.exit(1 if tally.problem_count else 0)


def _read_labels(path: Path) -> Labels:
    try:
        return read_labels(path)
    except UnreadableFileError as error:
        raise typer.BadParameter(f"--labels: {error}") from error


@dataclasses.dataclass(slots=True)
class _Tally:
    """Outcomes as they come in; problems are told through the console of the progress bar."""

    console: Console
    cases: list[Case] = dataclasses.field(default_factory=list)
    decided_cases: list[Case] = dataclasses.field(default_factory=list)
    problem_count: int = 0
    origins: dict[str, Prediction] = dataclasses.field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Counts an outcome; says what the problem is where there is one."""
        if outcome.problem is not None:
            self.problem_count += 1
            if self.problem_count <= _MAX_PROBLEMS:
                self.console.print(f"ecg: {outcome.name}: {problem_text(outcome.problem)}", soft_wrap=True)
        if outcome.prediction is not None:
            case = Case(outcome.prediction.classes, outcome.labels or {})
            self.cases.append(case)
            if not outcome.prediction.is_abstained:
                self.decided_cases.append(case)
            self.origins.setdefault(outcome.prediction.model.sha256, outcome.prediction)

    @property
    def abstained_count(self) -> int:
        """Recordings that were classified, but by which the service does not stand."""
        return len(self.cases) - len(self.decided_cases)


@dataclasses.dataclass(frozen=True, slots=True)
class _Figures:
    """Of all recordings, and of those from which the service did not abstain."""

    of_all: list[ClassFigures]
    of_decided: list[ClassFigures]


def _print(selection: LabelSelection, tally: _Tally, figures: _Figures) -> None:
    console = terminal()
    for prediction in tally.origins.values():
        model = f"{prediction.model.name} {prediction.model.version}".rstrip()
        console.print(f"Model {model}, operating point {prediction.operating_point or 'unnamed'}", soft_wrap=True)
    for line in _count_lines(selection, tally):
        console.print(line, soft_wrap=True)
    if figures.of_all:
        console.print()
        print_table(console, _table(figures.of_all))
    if figures.of_decided and tally.abstained_count:
        console.print(f"\nWithout the {tally.abstained_count} from which it abstains:\n")
        print_table(console, _table(figures.of_decided))
    if figures.of_all:
        console.print(f"\nIn brackets: 95 % bootstrap intervals, {RESAMPLES:,} resamples.", soft_wrap=True)
    console.print(NOT_A_MEDICAL_DEVICE)


def _count_lines(selection: LabelSelection, tally: _Tally) -> Iterator[str]:
    yield f"{len(tally.cases)} of {selection.count} recordings evaluated"
    if selection.unlabelled_count:
        yield f"Without a label, left out: {selection.unlabelled_count}"
    if tally.problem_count:
        yield f"Could not be read, or were refused: {tally.problem_count}"
    if tally.abstained_count:
        them = "it" if tally.abstained_count == 1 else "them"
        yield f"The service abstains from {tally.abstained_count}; the first table has {them}, the second has not"
    if selection.unmatched_count:
        yield f"Lines of the table about none of these recordings: {selection.unmatched_count}"


def _table(figures: list[ClassFigures]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("class", no_wrap=True)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for one in figures:
        style = "bold" if one.code == MACRO else ""
        table.add_row(one.code, *_cells(one), style=style)
    return table


def _cells(figures: ClassFigures) -> Iterator[str]:
    is_mean = figures.code == MACRO
    yield from ("", "") if is_mean else (str(figures.count), str(figures.positive_count))
    yield "-" if figures.auc is None else f"{figures.auc.value:.3f} ({figures.auc.low:.3f}-{figures.auc.high:.3f})"
    for name in _FIGURE_NAMES[1:]:
        estimate: Estimate | None = getattr(figures, name)
        yield "-" if estimate is None else f"{estimate.value:.3f}"
    yield "" if is_mean else "-" if figures.threshold is None else f"{figures.threshold:.3f}"


def _as_json(selection: LabelSelection, tally: _Tally, figures: _Figures) -> dict[str, object]:
    return {
        "models": [
            {**dataclasses.asdict(one.model), "operating_point": one.operating_point} for one in tally.origins.values()
        ],
        "recordings": selection.count,
        "evaluated": len(tally.cases),
        "unlabelled": selection.unlabelled_count,
        "problems": tally.problem_count,
        "abstained": tally.abstained_count,
        "unmatched_labels": selection.unmatched_count,
        "classes": list(map(dataclasses.asdict, figures.of_all)),
        "classes_without_abstained": list(map(dataclasses.asdict, figures.of_decided)),
    }
