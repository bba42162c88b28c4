"""Options and arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Address = Annotated[
    str, typer.Option("--address", envvar="ECG_ADDRESS", metavar="HOST:PORT", help="Where the service is.")
]
WithTls = Annotated[
    bool,
    typer.Option(
        "--tls", envvar="ECG_TLS", help="Encrypt, and check the service's certificate. The next four imply it."
    ),
]
Authority = Annotated[
    Path | None,
    typer.Option(
        "--ca",
        envvar="ECG_CA",
        metavar="FILE",
        help="Authorities that the service's certificate must come from, PEM. Default: those this machine trusts.",
    ),
]
Certificate = Annotated[
    Path | None,
    typer.Option("--cert", envvar="ECG_CERT", metavar="FILE", help="A client certificate to show the service, PEM."),
]
PrivateKey = Annotated[
    Path | None, typer.Option("--key", envvar="ECG_KEY", metavar="FILE", help="The client certificate's key, PEM.")
]
ServerName = Annotated[
    str | None,
    typer.Option(
        "--server-name",
        envvar="ECG_SERVER_NAME",
        metavar="NAME",
        help="The name that the service's certificate must have. Default: the host of the address.",
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        envvar="ECG_TOKEN_FILE",
        metavar="FILE",
        help="A file with the token that the service knows you by, which ECG_TOKEN may hold in its place.",
    ),
]
ModelVersion = Annotated[
    str,
    typer.Option(
        "--model-version",
        metavar="NAME",
        help="The model to ask, by label or version, as `ecg summary` lists them. Default: the service's usual one.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", envvar="ECG_TIMEOUT_S", min=0.001, metavar="SECONDS", help="How long a call may take."),
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
