"""The commands of `ecg`."""

import importlib.metadata
from typing import Annotated

import typer

from ecg_client.cli.checking import check
from ecg_client.cli.describing import health, summary
from ecg_client.cli.predicting import predict
from ecg_client.cli.streaming import stream

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=(
        "Exit codes: 0 all went well; 1 some recordings could not be read or classified, or the service is not "
        "serving; 2 the command was given wrongly, or an optional dependency is missing; 3 the service could not be "
        "reached, or ended the call."
    ),
)
for command in (predict, stream, summary, health, check):
    app.command()(command)


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
