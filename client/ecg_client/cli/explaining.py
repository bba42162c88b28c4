"""`ecg explain`: what in a recording speaks for its findings."""

import dataclasses
import enum
import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecg_client.cli.options import AsJson, ModelVersion, SampleRate, Timeout, Unit
from ecg_client.cli.plotting import (
    DotsPerInch,
    File,
    From,
    Layout,
    Sample,
    bare_picture,
    chosen_source,
    picture_path,
    save_picture,
)
from ecg_client.cli.rendering import NOT_A_MEDICAL_DEVICE, prediction_as_json, print_prediction, print_table, terminal
from ecg_client.cli.service import Service, calls_a_service
from ecg_client.connection import DEFAULT_TIMEOUT_S
from ecg_client.explanation import LEAST_TELLING_CHANGE, ClassExplanation, Explanation, ExplanationMethod
from ecg_client.plotting import Arrangement
from ecg_client.plotting.picture_file import DEFAULT_DPI
from ecg_client.plotting.remarks import lead_label

_BAR_WIDTH = 20
_MOST_TIMES = 6

# What it is, its name, and the change in probability.
_Row = tuple[str, str, float]


# A method that is newer than this client has a name, and no meaning here.
_MEANINGS: dict[ExplanationMethod | str, str] = {
    ExplanationMethod.OCCLUSION: "By occlusion: how much lower the probability would be without it. ",
    ExplanationMethod.INTEGRATED_GRADIENTS: "By integrated gradients: what it adds to the probability of a recording "
    "that says nothing. ",
}


class Method(enum.StrEnum):
    """How it is found out, as it is typed."""

    OCCLUSION = "occlusion"
    INTEGRATED_GRADIENTS = "integrated-gradients"


ClassCodes = Annotated[
    list[str] | None,
    typer.Option(
        "--class",
        metavar="CODE",
        help="A class to explain, such as MI; may be repeated. Default: the findings, or else the most probable class.",
    ),
]
HowFound = Annotated[
    Method,
    typer.Option(
        "--method",
        help="Take things away and ask again, or follow gradients, where the service runs TensorFlow.",
    ),
]
Window = Annotated[
    int | None,
    typer.Option("--window", min=0, metavar="N", help="Explain this window of a long recording, from 0. Default: all."),
]
Shaded = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PICTURE",
        help="Draw the traces too, with a shade where they speak for the first class: .svg, .png or .pdf.",
    ),
]


@calls_a_service
def explain(  # noqa: PLR0913, PLR0917 - each is an option of the command
    service: Service,
    file: File = None,
    class_codes: ClassCodes = None,
    method: HowFound = Method.OCCLUSION,
    window: Window = None,
    output: Shaded = None,
    layout: Layout = Arrangement.THREE_BY_FOUR,
    from_s: From = 0.0,
    dots_per_inch: DotsPerInch = DEFAULT_DPI,
    sample: Sample = 0,
    timeout: Timeout = DEFAULT_TIMEOUT_S,
    model_version: ModelVersion = "",
    sample_rate: SampleRate = None,
    unit: Unit = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell what in a recording speaks for its findings, and what against them.

    Leads, half seconds and metadata, each by how much lower the probability would be without it.
    """
    if file is None:
        raise typer.BadParameter("give a file")
    path = None if output is None else picture_path(output)
    recording = chosen_source(file, sample, sample_rate, unit).read()
    bare = None if path is None else bare_picture(recording, layout, from_s)
    with service.client(timeout) as client:
        explanation = client.explain(
            recording,
            method=ExplanationMethod[method.name],
            class_codes=class_codes or (),
            include_lead_times=path is not None,
            window=window,
            model_version=model_version,
        )
    shown = _shown(explanation, is_chosen=bool(class_codes))
    if as_json:
        typer.echo(_json_text(recording.recording_id, explanation))
    else:
        _print_explanation(terminal(), recording.recording_id, explanation, shown)
    if path is not None and bare is not None:
        picture = dataclasses.replace(bare, prediction=explanation.prediction, shade=shown[0])
        save_picture(path, picture, dots_per_inch)
        typer.echo(path, err=as_json)


def _shown(explanation: Explanation, *, is_chosen: bool) -> Sequence[ClassExplanation]:
    """The classes that were chosen, or else the findings, or else the most probable; the most probable first."""
    findings = {entry.code for entry in explanation.prediction.findings}
    by_probability = sorted(explanation.classes, key=lambda entry: -entry.probability)
    chosen = [entry for entry in by_probability if is_chosen or entry.code in findings]
    return chosen or by_probability[:1]


def _print_explanation(
    console: Console, name: str, explanation: Explanation, shown: Sequence[ClassExplanation]
) -> None:
    windows = explanation.prediction.windows if len(explanation.prediction.windows) > 1 else ()
    print_prediction(console, name, dataclasses.replace(explanation.prediction, windows=windows))
    for entry in shown:
        console.print()
        console.print(Text(f"What speaks for {entry.code} ({entry.display_name}, {entry.probability:.3f})", "bold"))
        rows = list(_rows(entry))
        print_table(console, _ranking(rows))
        if all(abs(change) < LEAST_TELLING_CHANGE for _, _, change in rows):
            console.print(f"  Nothing by itself makes a difference of {LEAST_TELLING_CHANGE} to {entry.code}.")
    console.print()
    console.print(f"{_MEANINGS.get(explanation.method, '')}Below 0 it speaks against the class.", soft_wrap=True)
    console.print(NOT_A_MEDICAL_DEVICE)


def _ranking(rows: Collection[_Row]) -> Table:
    """Rows with a bar for each; where hardly anything changes, no bar is long."""
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    greatest = max([LEAST_TELLING_CHANGE, *(abs(change) for _, _, change in rows)])
    for kind, name, change in rows:
        table.add_row(f"  {kind}", name, f"{change:+.3f}", _bar(change / greatest))
    return table


def _rows(entry: ClassExplanation) -> Iterator[_Row]:
    """The leads, the half seconds that matter most and the metadata, each from what speaks most for the class down."""
    for lead in sorted(entry.leads, key=lambda one: -one.probability_change):
        yield "lead", lead_label(lead.lead), lead.probability_change
    telling = sorted(entry.times, key=lambda one: -abs(one.probability_change))[:_MOST_TIMES]
    for time in sorted(telling, key=lambda one: -one.probability_change):
        end = time.offset_seconds + time.duration_seconds
        yield "time", f"{time.offset_seconds:.1f} to {end:.1f} s", time.probability_change
    for value in sorted(entry.metadata, key=lambda one: -one.probability_change):
        yield "metadata", value.field, value.probability_change


def _bar(share: float) -> Text:
    """A bar as long as the share: full for the class, hollow against it."""
    length = round(abs(share) * _BAR_WIDTH)
    return Text("█" * length, "red") if share > 0 else Text("░" * length, "blue")


def _json_text(name: str, explanation: Explanation) -> str:
    as_dict = dataclasses.asdict(explanation)
    as_dict["prediction"] = prediction_as_json(explanation.prediction)
    for entry, written in zip(explanation.classes, as_dict["classes"], strict=True):
        for lead, as_written in zip(entry.leads, written["leads"], strict=True):
            as_written["lead"] = lead.lead.name
    return json.dumps({"recording_id": name, **as_dict}, ensure_ascii=False)
