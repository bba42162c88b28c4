import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pty", reason="this system has no pseudo-terminals")

COMMAND = [sys.executable, "-m", "ecg_client.cli", "predict", "gone"]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """That of a terminal with colours, in which nobody has said whether they want them."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    return {**os.environ, "TERM": "xterm-256color"}


def test_a_terminal_has_colours(environment: dict[str, str], tmp_path: Path) -> None:
    """A problem is red."""
    assert "\x1b[31mUNREADABLE_FILE" in _in_terminal(environment, tmp_path)


def test_who_wants_no_colours_gets_none(environment: dict[str, str], tmp_path: Path) -> None:
    """NO_COLOR is kept to; bold is no colour."""
    shown = _in_terminal({**environment, "NO_COLOR": "1"}, tmp_path)
    assert "UNREADABLE_FILE" in shown
    assert not re.search(r"\x1b\[[0-9;]*[34]\d", shown)


def test_a_pipe_has_neither_colours_nor_broken_lines(environment: dict[str, str], tmp_path: Path) -> None:
    """Whatever the terminal beside it can do."""
    finished = subprocess.run(  # noqa: S603 - our own
        COMMAND, cwd=tmp_path, env={**environment, "COLUMNS": "20"}, capture_output=True, timeout=60, check=False
    )
    assert finished.stdout.decode().splitlines()[0].startswith("gone UNREADABLE_FILE: there is no such file")
    assert b"\x1b" not in finished.stdout + finished.stderr


def _in_terminal(environment: dict[str, str], folder: Path) -> str:
    """Runs the command in a terminal, and returns what it shows."""
    ours, its = os.openpty()
    with subprocess.Popen(COMMAND, cwd=folder, env=environment, stdin=its, stdout=its, stderr=its) as process:  # noqa: S603 - our own
        os.close(its)
        shown = b""
        # Where the other end is closed, Linux says EIO, others the end.
        try:
            while some := os.read(ours, 4096):
                shown += some
        except OSError:
            pass
        process.wait(timeout=60)
    os.close(ours)
    return shown.decode()
