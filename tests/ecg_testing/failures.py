"""How a server gives up."""

import re
from pathlib import Path

import pytest

from ecg_server.__main__ import main


def failure(model: Path | str, capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    """Return the one line with which a server gives up."""
    assert main(["--port", "0", "--model", str(model), *flags]) == 1
    error: str = capsys.readouterr().err
    assert re.fullmatch(r"ecg-server: [^\n]+\n", error)
    return error
