"""A virtual environment with nothing in it but what is installed there."""

import json
import os
import subprocess
import sys
from pathlib import Path

from ecg_testing.container_root import Ended
from ecg_testing.documented import ROOT
from ecg_testing.processes import ServerProcess
from ecg_testing.tools import lacks

UV = Path(sys.executable).with_name("uv")
# What uv says when the registry, or the network, is not there.
OFFLINE = ("Failed to fetch", "dns error", "error sending request", "Could not connect")

# What somebody who installed the client writes first.
PREDICT = """
import sys
from ecg_client import EcgClient
from ecg_client.formats.synthetic import generate_recording
with EcgClient(sys.argv[1]) as client:
    print(*(f"{one.code}={one.probability:.3f}" for one in client.predict(generate_recording(0)).classes))
"""
PREDICTED = "NORM=0."
# Variables for what runs in one.
NOTHING_ELSE = {"PYTHONPATH": ""}


class CleanEnvironment:
    """A virtual environment.

    Args:
        python: whose it is.
        wheel: what is to be installed.
        folder: where it is made.
    """

    def __init__(self, python: Path, wheel: Path, folder: Path) -> None:
        self._wheel = wheel
        self._folder = folder
        self._uv("venv", "--quiet", "--python", str(python), str(folder))

    def install(self, extra: str = "", *, is_locked: bool = True) -> None:
        """Install the wheel, with an extra or without.

        Args:
            extra: its name; empty: none.
            is_locked: whether what it needs is taken in the versions of requirements.lock, and not in the newest.
        """
        requirement = f"{self._wheel}[{extra}]" if extra else str(self._wheel)
        lock = ["--constraints", str(ROOT / "requirements.lock")] if is_locked else []
        self._uv(
            "pip", "install", "--quiet", "--python", str(self._folder), "--only-binary", ":all:", *lock, requirement
        )

    @property
    def installed(self) -> dict[str, str]:
        """The version of each package in it."""
        listed = self._uv("pip", "list", "--python", str(self._folder), "--format", "json")
        return {one["name"]: one["version"] for one in json.loads(listed)}

    @property
    def megabytes(self) -> float:
        """What all packages in it take, in 10^6 bytes, without compiled bytecode."""
        files = [path for path in self._folder.glob("lib/python*/site-packages/**/*") if path.suffix != ".pyc"]
        return sum(path.stat().st_size for path in files if path.is_file()) / 1e6

    def check(self) -> None:
        """Fail unless everything in it has what it needs."""
        self._uv("pip", "check", "--python", str(self._folder))

    def program(self, name: str) -> str:
        """Return where a program of it lies."""
        return str(self._folder / "bin" / name)

    def run(self, program: str, *arguments: str) -> Ended:
        """Run a program of it."""
        done = subprocess.run(  # noqa: S603 - our own
            [self.program(program), *arguments],
            env=os.environ | NOTHING_ELSE,
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        return Ended(done.returncode, done.stdout)

    def _uv(self, *arguments: str) -> str:
        done = subprocess.run([UV, *arguments], capture_output=True, text=True, check=False, timeout=900)  # noqa: S603
        if done.returncode != 0 and any(words in done.stderr for words in OFFLINE):
            lacks("the packages that are needed cannot be fetched")
        assert done.returncode == 0, done.stderr
        return done.stdout


def serves(environment: CleanEnvironment, *flags: str) -> None:
    """Start the server that is installed there, call it from there, and stop it."""
    python = environment.program("python")
    with ServerProcess("--model", "reference", *flags, python=python, environment=NOTHING_ELSE) as server:
        ended = environment.run("python", "-c", PREDICT, server.address)
        assert PREDICTED in ended.output, ended.output
        assert server.stop() == 0
