"""The commands of `ecg`."""

import importlib.metadata
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

from ecg_client.cli.checking import check
from ecg_client.cli.converting import NOTE as CONVERT_NOTE
from ecg_client.cli.converting import convert
from ecg_client.cli.describing import health, summary
from ecg_client.cli.evaluating import NOTE as EVALUATE_NOTE
from ecg_client.cli.evaluating import evaluate
from ecg_client.cli.examples import examples_text
from ecg_client.cli.explaining import explain
from ecg_client.cli.plotting import plot
from ecg_client.cli.predicting import predict
from ecg_client.cli.streaming import stream

_NPZ_LAYOUT = """An .npz file holds, for n recordings:

\b
X_test (n, 7)         metadata: age in years, sex (0 male, 1 female), height
                      in cm, weight in kg, first and second infarction stage
                      (0 none), pacemaker (0 or 1); NaN where unknown, or 0
                      for age, height and weight
Y_test (n, 1000, 12)  signals in mV at 100 Hz: I, II, III, aVR, aVL, aVF,
                      V1-V6
Z_test (n, 5)         targets, 0 or 1: NORM, MI, STTC, CD, HYP (optional)
"""
_METADATA_NOTE = (
    "Of a WFDB record, age, sex, height, weight and a pacemaker are read from its header's comments (`# Age: 61`). The "
    "records of PTB-XL have none: give the PTB-XL folder to use its table."
)


class _Command(TyperCommand):
    """A command whose help names an argument by its metavar alone, and lists the options that say which service apart.

    Typer would add the argument's Python type, and knows such sections only in colours and frames.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # as typer calls it
        for parameter in self.params:
            if isinstance(parameter, TyperArgument):
                vars(parameter)["display_type_rich"] = lambda ctx: None  # noqa: ARG005 - typer calls it by name

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the parameters in sections: arguments, options, and those of each panel."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            panel = parameter.rich_help_panel if isinstance(parameter, TyperOption) else "Arguments"
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(panel or "Options", []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=(
        f"{examples_text('ecg')}\n\nExit codes:\n\n\b\n"
        "0    all went well\n"
        "1    some recordings could not be read or classified, or the service is\n"
        "     not serving\n"
        "2    the command or the config file is wrong, an optional dependency is\n"
        "     missing, or a file cannot be written\n"
        "3    the service could not be reached, or ended the call\n"
        "130  interrupted with Ctrl-C\n"
        "141  whoever read the output (`| head`) has gone\n"
    ),
)
for command, epilog in (
    (predict, _METADATA_NOTE),
    (stream, f"{_METADATA_NOTE}\n\n{_NPZ_LAYOUT}"),
    (plot, _METADATA_NOTE),
    (explain, _METADATA_NOTE),
    (convert, CONVERT_NOTE),
    (evaluate, EVALUATE_NOTE),
    (summary, None),
    (health, None),
    (check, _NPZ_LAYOUT),
):
    app.command(cls=_Command, epilog="\n\n".join(filter(None, (examples_text(command.__name__), epilog))))(command)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the flag's value
    if wanted:
        typer.echo(f"ecg {importlib.metadata.version('ecg-classifier')}")
        raise typer.Exit


@app.callback()
def ecg(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Classify 12-lead ECG recordings at an ECG classification service. Not a medical device."""
