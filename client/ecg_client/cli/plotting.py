"""`ecg plot`: a picture of one recording and what it shows."""

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import typer

from ecg_client.cli.options import ModelVersion, SampleRate, Timeout, Unit
from ecg_client.cli.service import Service, calls_a_service
from ecg_client.connection import DEFAULT_TIMEOUT_S
from ecg_client.errors import ServiceError
from ecg_client.formats.sources import RecordingSource, find_recordings, synthetic_sources
from ecg_client.outcomes import Outcome, predict_each
from ecg_client.plotting import Arrangement, Picture, write_picture
from ecg_client.plotting.picture_file import DEFAULT_DPI, picture_suffix
from ecg_client.recording import Recording
from ecg_client.wording import field_lines, problem_text

File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        help="A file of any format that docs/formats.md lists, a folder or a PTB-XL folder; - for standard input.",
        show_default=False,
    ),
]
Sample = Annotated[
    int, typer.Option(min=0, metavar="N", help="Which recording of a file or folder that holds several, from 0.")
]
SyntheticIndex = Annotated[
    int | None, typer.Option("--synthetic", min=0, metavar="N", help="Draw this made-up recording in place of a file.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PICTURE",
        help="Where to draw it; its suffix says how: .svg, .png or .pdf. Default: FILE's name with .png, here.",
    ),
]
Layout = Annotated[
    Arrangement,
    typer.Option("--layout", help="How the leads lie, in rows by columns; 3x4 and 6x2 have lead II below them."),
]
From = Annotated[
    float, typer.Option("--from", min=0.0, metavar="SECONDS", help="Where in the recording the ten seconds begin.")
]
DotsPerInch = Annotated[int, typer.Option("--dpi", min=50, max=1200, metavar="N", help="How fine a PNG is.")]
NoPredict = Annotated[bool, typer.Option("--no-predict", help="Draw the leads alone, without asking a service.")]


@calls_a_service
def plot(  # noqa: PLR0913, PLR0917 - each is an option of the command
    service: Service,
    file: File = None,
    output: Output = None,
    layout: Layout = Arrangement.THREE_BY_FOUR,
    from_s: From = 0.0,
    sample: Sample = 0,
    synthetic: SyntheticIndex = None,
    dots_per_inch: DotsPerInch = DEFAULT_DPI,
    timeout: Timeout = DEFAULT_TIMEOUT_S,
    model_version: ModelVersion = "",
    sample_rate: SampleRate = None,
    unit: Unit = None,
    *,
    no_predict: NoPredict = False,
) -> None:
    """Draw a recording as cardiologists know it, with its findings.

    A page of A4, true to scale: 25 mm/s and 10 mm/mV. Prints where it is.
    """
    if (file is None) == (synthetic is None):
        raise typer.BadParameter("give a file, or --synthetic N")
    source = (
        synthetic_sources((synthetic or 0) + 1)[-1] if file is None else chosen_source(file, sample, sample_rate, unit)
    )
    path = picture_path(output or Path(f"{_stem(file)}.png"))
    recording = source.read()
    # Before a service is asked: no answer would make this page.
    bare = bare_picture(recording, layout, from_s)
    outcome = None if no_predict else _ask(service, recording, timeout, model_version)
    problem = outcome.problem if outcome else None
    why = [problem_text(problem), *field_lines(problem)] if problem else []
    picture = dataclasses.replace(bare, prediction=outcome.prediction if outcome else None, not_classified=why)
    save_picture(path, picture, dots_per_inch)
    typer.echo(path)
    if problem:
        typer.echo(f"ecg: not classified: {problem_text(problem)}", err=True)
        sys.exit(1)


def _stem(file: Path | None) -> str:
    return file.stem if file is not None and file.stem.strip("-") else "recording"


def chosen_source(file: Path, sample: int, sample_rate: float | None, unit: str | None) -> RecordingSource:
    """Returns the recording that the user means; of a file that holds several, it says which one that is."""
    sources = find_recordings([file], sample_rate_hz=sample_rate, unit=unit)
    if sample >= len(sources):
        raise typer.BadParameter(f"--sample is {sample}, but {file} holds {len(sources)} recording(s), counted from 0")
    if len(sources) > 1:
        typer.echo(
            f"ecg: this is recording {sample} of {len(sources)}, counted from 0; --sample N draws another", err=True
        )
    return sources[sample]


def bare_picture(recording: Recording, layout: Arrangement, from_s: float) -> Picture:
    """Returns what is drawn before a service is asked: the traces alone."""
    try:
        return Picture(recording=recording, arrangement=layout, from_s=from_s)
    except ValueError as error:
        raise typer.BadParameter(f"--from: {error}") from error


def save_picture(path: Path, picture: Picture, dots_per_inch: int) -> None:
    """Draws a picture where the user wants it."""
    try:
        write_picture(path, picture, dots_per_inch=dots_per_inch)
    except OSError as error:
        raise typer.BadParameter(f"--output: {path} cannot be written: {error.strerror}; give another") from error


def picture_path(path: Path) -> Path:
    """The path, if a picture can be there; found out before a service is asked."""
    try:
        picture_suffix(path)
    except ValueError as error:
        raise typer.BadParameter(f"--output: {error}") from error
    if not path.parent.is_dir():
        raise typer.BadParameter(f"--output: there is no folder {path.parent}; make it, or give another")
    return path


def _ask(service: Service, recording: Recording, timeout: float, model_version: str) -> Outcome:
    try:
        with service.client(timeout) as client:
            return next(predict_each(client, [recording], model_version=model_version))
    except ServiceError:
        typer.echo("ecg: --no-predict draws the recording without asking a service", err=True)
        raise
