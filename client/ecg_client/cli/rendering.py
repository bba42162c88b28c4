"""Outcomes as people and programs read them."""

import dataclasses
import json
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecg_client.outcomes import Outcome
from ecg_client.prediction import Abstention, Prediction, PredictionWarning, WindowPrediction
from ecg_client.wording import abstention_lines, field_lines, problem_text, warning_lines

NOT_A_MEDICAL_DEVICE = "Not a medical device."
# No line that a program may read is broken in two.
_PIPE_WIDTH = 100_000
_MOST_NAME_WIDTH = 32


def terminal(*, stderr: bool = False) -> Console:
    """Makes a console that colours nothing but terminals, and takes recording ids literally."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, markup=False, highlight=False, width=None if stream.isatty() else _PIPE_WIDTH)


def json_line(outcome: Outcome) -> str:
    """One outcome as one line of JSON."""
    return json.dumps(
        {
            "recording_id": outcome.name,
            "prediction": None if outcome.prediction is None else prediction_as_json(outcome.prediction),
            "error": None if outcome.problem is None else dataclasses.asdict(outcome.problem),
            "labels": outcome.labels,
            "remarks": outcome.remarks,
        },
        ensure_ascii=False,
    )


def print_detail(console: Console, outcome: Outcome) -> None:
    """Prints one outcome in full."""
    if outcome.prediction is not None:
        print_prediction(console, outcome.name, outcome.prediction)
    if outcome.problem is not None:
        console.print(Text(outcome.name, "bold"), Text(problem_text(outcome.problem), "red"))
        for line in field_lines(outcome.problem):
            console.print(f"  {line}", soft_wrap=True)
    for remark in outcome.remarks:
        console.print(f"  {remark}", soft_wrap=True)
    console.print()


def print_table(console: Console, table: Table) -> None:
    """Prints a table; in a pipe without the blanks that pad its lines to one length."""
    if console.file.isatty():
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.print(Text(line.rstrip()), soft_wrap=True)


def findings_table(outcomes: list[Outcome]) -> Table:
    """One row for each outcome: the probability of each class, the findings, and the labels where they are known.

    Below it one for each window, where they were asked for.
    """
    class_codes = _class_codes(outcomes)
    table = Table(box=None, pad_edge=False, header_style="bold")
    # On a narrow terminal names are folded, so that there is room for what is said of them. (With least widths rich
    # makes the table wider than the terminal, and cuts it off.)
    table.add_column("Recording", overflow="fold")
    for code in class_codes:
        table.add_column(code, justify="right", no_wrap=True)
    table.add_column("Findings", overflow="fold")
    if any(outcome.labels for outcome in outcomes):
        table.add_column("Labels")
    for outcome in outcomes:
        cells = _probability_cells(outcome, len(class_codes))
        table.add_row(_shortened(outcome.name), *cells, _findings(outcome), _labels(outcome))
        for window in outcome.prediction.windows if outcome.prediction is not None else ():
            table.add_row(*_window_cells(window, class_codes))
    return table


def prediction_as_json(prediction: Prediction) -> dict[str, object]:
    """A prediction as JSON has it, leads by their names."""
    as_dict = dataclasses.asdict(prediction)
    as_dict["warnings"] = list(map(_with_name_of_lead, prediction.warnings))
    as_dict["abstentions"] = list(map(_with_name_of_lead, prediction.abstentions))
    return as_dict


def _with_name_of_lead(remark: PredictionWarning | Abstention) -> dict[str, object]:
    return {**dataclasses.asdict(remark), "lead": None if remark.lead is None else remark.lead.name}


def print_prediction(console: Console, name: str, prediction: Prediction) -> None:
    """Prints a prediction in full."""
    console.print(Text(name, "bold"), f"({_origin(prediction)})")
    table = Table.grid(padding=(0, 2))
    for entry in prediction.classes:
        style = "bold" if entry.is_positive else ""
        table.add_row(
            f"  {entry.code}",
            entry.display_name,
            f"{entry.probability:.3f}",
            f"threshold {entry.threshold:.3f}",
            "finding" if entry.is_positive else "",
            style=style,
        )
    print_table(console, table)
    if prediction.uncertainty is not None:
        console.print(f"  uncertainty {prediction.uncertainty:.3f} (0: sure of every class, 1: of none)")
    for line in abstention_lines(prediction.abstentions):
        console.print(Text(f"  {line}", "yellow"), soft_wrap=True)
    for line in warning_lines(prediction.warnings):
        console.print(f"  {line}", soft_wrap=True)
    if prediction.windows:
        print_table(console, _windows_table(prediction))


def _windows_table(prediction: Prediction) -> Table:
    class_codes = [entry.code for entry in prediction.classes]
    table = Table.grid(padding=(0, 2))
    table.add_column()
    for _ in class_codes:
        table.add_column(justify="right")
    table.add_column()
    table.add_row("  windows", *class_codes)
    for window in prediction.windows:
        table.add_row(*_window_cells(window, class_codes))
    return table


def _window_cells(window: WindowPrediction, class_codes: list[str]) -> list[str]:
    name = f"    from {window.offset_seconds:.1f} s"
    if window.probabilities is None:
        return [name, *("-" for _ in class_codes), "left out"]
    return [name, *(f"{window.probabilities[code]:.3f}" for code in class_codes)]


def _origin(prediction: Prediction) -> str:
    model = f"model {prediction.model.name} {prediction.model.version}".rstrip()
    return f"{model}, operating point {prediction.operating_point}" if prediction.operating_point else model


def _shortened(name: str) -> Text:
    # The end of a long path tells more than its beginning.
    return Text(name if len(name) <= _MOST_NAME_WIDTH else f"…{name[1 - _MOST_NAME_WIDTH :]}")


def _class_codes(outcomes: list[Outcome]) -> list[str]:
    predictions = (outcome.prediction for outcome in outcomes if outcome.prediction is not None)
    first = next(predictions, None)
    return [] if first is None else [entry.code for entry in first.classes]


def _probability_cells(outcome: Outcome, count: int) -> list[Text]:
    if outcome.prediction is None:
        return [Text("-")] * count
    return [
        Text(f"{entry.probability:.3f}", "bold" if entry.is_positive else "") for entry in outcome.prediction.classes
    ]


def _findings(outcome: Outcome) -> Text:
    if outcome.problem is not None:
        return Text(problem_text(outcome.problem), "red")
    if outcome.prediction is None:
        return Text()
    codes = ", ".join(entry.code for entry in outcome.prediction.findings) or "none"
    return Text(f"{codes} (abstained)", "yellow") if outcome.prediction.is_abstained else Text(codes)


def _labels(outcome: Outcome) -> Text:
    return Text(", ".join(code for code, label in (outcome.labels or {}).items() if label))
