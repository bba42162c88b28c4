"""Options and arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Address = Annotated[
    str, typer.Option("--address", envvar="ECG_ADDRESS", metavar="HOST:PORT", help="Where the service is.")
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", envvar="ECG_TIMEOUT_S", min=0.001, metavar="SECONDS", help="How long a call may take."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
AsJsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object a line instead of a table.")]
WithWindows = Annotated[
    bool,
    typer.Option("--windows", help="Show what the network says of each window of a recording, and where it begins."),
]
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="WFDB records (with or without .hea or .dat), folders of them, a PTB-XL folder, .npz files.",
        show_default=False,
    ),
]
