"""systemd takes the unit as it is, finds little that it may do, and it says to the server what it means to say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ecg_server.flags import read_settings
from ecg_testing.tools import tool

UNIT = Path(__file__).parents[2] / "deploy" / "systemd" / "ecg-server.service"
# systemd's own figure, of ten for a service that may do everything.
GREATEST_EXPOSURE = 1.5


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with the server of this environment: systemd looks whether it is there."""
    installed = UNIT.read_text(encoding="utf-8").replace("/opt/ecg/bin/ecg-server", f"{sys.executable} -m ecg_server")
    path = tmp_path / UNIT.name
    path.write_text(installed, encoding="utf-8")
    return path


def test_systemd_finds_no_fault(unit: Path) -> None:
    """Not a word."""
    ended = _analyze("verify", str(unit))

    assert (ended.returncode, ended.stdout + ended.stderr) == (0, "")


def test_the_service_may_do_little(unit: Path) -> None:
    """By systemd's own figure."""
    threshold = f"--threshold={round(10 * GREATEST_EXPOSURE)}"
    ended = _analyze("security", "--offline=true", "--no-pager", threshold, str(unit))

    assert ended.returncode == 0, ended.stdout


def test_the_server_understands_its_environment() -> None:
    """Every variable is one of its own; it has TLS and tokens, and stops sooner than it is killed."""
    text = UNIT.read_text(encoding="utf-8")
    environment = dict(re.findall(r"^Environment=(\w+)=(.*)$", text, re.MULTILINE))
    settings = read_settings([], environment)
    stop_seconds = re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)

    assert settings.access.tls is not None
    assert settings.access.tokens is not None
    assert settings.telemetry.metrics_port == 9464
    assert stop_seconds is not None
    # Ten seconds besides for what is still to be said once all is answered.
    assert int(stop_seconds[1]) >= settings.drain_seconds + 10
    loaded = set(re.findall(r"^LoadCredential=([\w.]+):", text, re.MULTILINE))
    assert loaded == set(re.findall(r"%d/([\w.]+)", text))


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [tool("systemd-analyze"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - by its name
