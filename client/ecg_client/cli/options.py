"""Options and arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from ecg_client.cli.config import configure, profile_names


def _typed(
    context: typer.Context,
    parameter: typer.CallbackParam,
    value: bool | None,  # noqa: FBT001 - so Typer calls it
) -> bool | None:
    """A yes or a no; a no that nobody typed is left unsaid, so that a certificate in the same file still counts."""
    source = context.get_parameter_source(str(parameter.name))
    # By name: some releases of Typer bring a Click of their own.
    is_typed = source is not None and source.name == "COMMANDLINE"
    return value or (False if is_typed else None)


# Where the help lists what says which service is called, and how.
_SERVICE = "Service"

Address = Annotated[
    str,
    typer.Option(
        "--address",
        envvar="ECG_ADDRESS",
        metavar="HOST:PORT",
        help="Where the service is.",
        rich_help_panel=_SERVICE,
    ),
]
WithTls = Annotated[
    bool | None,
    typer.Option(
        "--tls/--no-tls",
        envvar="ECG_TLS",
        help="Encrypt, and check the service's certificate. The next four imply it; --no-tls takes all of them back.",
        rich_help_panel=_SERVICE,
        callback=_typed,
        show_default=False,
    ),
]
Authority = Annotated[
    Path | None,
    typer.Option(
        "--ca",
        envvar="ECG_CA",
        metavar="FILE",
        help="Authorities that the service's certificate must come from, PEM. Default: those this machine trusts.",
        rich_help_panel=_SERVICE,
    ),
]
Certificate = Annotated[
    Path | None,
    typer.Option(
        "--cert",
        envvar="ECG_CERT",
        metavar="FILE",
        help="A client certificate to show the service, PEM.",
        rich_help_panel=_SERVICE,
    ),
]
PrivateKey = Annotated[
    Path | None,
    typer.Option(
        "--key", envvar="ECG_KEY", metavar="FILE", help="The client certificate's key, PEM.", rich_help_panel=_SERVICE
    ),
]
ServerName = Annotated[
    str | None,
    typer.Option(
        "--server-name",
        envvar="ECG_SERVER_NAME",
        metavar="NAME",
        help="The name that the service's certificate must have. Default: the host of the address.",
        rich_help_panel=_SERVICE,
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        envvar="ECG_TOKEN_FILE",
        metavar="FILE",
        help="A file with the token that the service knows you by, which ECG_TOKEN may hold in its place.",
        rich_help_panel=_SERVICE,
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="ECG_CONFIG",
        metavar="FILE",
        help="A file that says what is not said otherwise, TOML: docs/command-line.md. Default: "
        "~/.config/ecg/config.toml, or where this system has such files.",
        rich_help_panel=_SERVICE,
        is_eager=True,
        callback=configure,
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        envvar="ECG_PROFILE",
        metavar="NAME",
        help="Take what that file says of this profile.",
        rich_help_panel=_SERVICE,
        is_eager=True,
        callback=configure,
        autocompletion=profile_names,
    ),
]
ModelVersion = Annotated[
    str,
    typer.Option(
        "--model-version",
        envvar="ECG_MODEL_VERSION",
        metavar="NAME",
        help="The model to ask, by label or version, as `ecg summary` lists them. Default: the service's usual one.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", envvar="ECG_TIMEOUT", min=0.001, metavar="SECONDS", help="How long a call may take."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
AsJsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object a line instead of a table.")]
AsCsv = Annotated[
    bool, typer.Option("--csv", help="Print one row of CSV for each recording; docs/batch.md has the columns.")
]
AsParquet = Annotated[
    bool, typer.Option("--parquet", help="Print the same rows as Parquet, into a file or a pipe. Needs pyarrow.")
]
WithWindows = Annotated[
    bool,
    typer.Option("--windows", help="Show what the network says of each window of a recording, and where it begins."),
]
SampleRate = Annotated[
    float | None,
    typer.Option(
        "--sample-rate", min=0.001, metavar="HZ", help="The sample rate of files that do not say it: tables, arrays."
    ),
]
Unit = Annotated[
    str | None,
    typer.Option("--unit", metavar="UNIT", help="The unit of files that do not say it: mV, uV, nV or V."),
]
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="Files of any format that docs/formats.md lists, folders of them, a PTB-XL folder; - for standard input.",
        show_default=False,
    ),
]
Folds = Annotated[
    list[int] | None,
    typer.Option(
        "--fold", min=1, max=10, metavar="N", help="A fold to read of a PTB-XL folder; may be repeated. Default: all."
    ),
]
StreamTimeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", min=0.001, metavar="SECONDS", help="How long the whole stream may take. Default: no limit."
    ),
]
