"""What a page tells people to type, what it says that they will see, and a shell to find out in.

A block ```sh is typed; its comment `# exit status N` tells how it ends, unless with 0. A block ```text after it is what it
prints, from some line to some line, `…` standing for anything; of a number with a decimal point it tells about how much.
"""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HEADING_OR_BLOCK = re.compile(r"^#+ (?P<heading>[^\n]+)$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
DECIMAL = r"\d+\.\d+(?:[eE]-?\d+)?"
SERVER = "ecg-server"


@dataclass(frozen=True, slots=True)
class Step:
    """A block of commands.

    Attributes:
        commands: what is typed.
        printed: what the page says that it prints; empty: it does not say.
    """

    commands: str
    printed: str = ""

    @property
    def status(self) -> int:
        """The exit status that the page tells."""
        told = re.search(r"# exit status (\d+)", self.commands)
        return int(told[1]) if told else 0

    @property
    def server_flags(self) -> list[str] | None:
        """The flags of the server that the block starts; None: it starts none."""
        words = shlex.split(self.commands.replace("\\\n", " "), comments=True)
        return words[1:] if words[:1] == [SERVER] else None


def steps_of(page: Path) -> dict[str, list[Step]]:
    """Return the steps of each section of a page that has any."""
    sections: dict[str, list[Step]] = {}
    steps: list[Step] = []
    for found in HEADING_OR_BLOCK.finditer(page.read_text(encoding="utf-8")):
        if found["heading"]:
            steps = sections.setdefault(found["heading"], [])
        elif found["kind"] == "sh":
            steps.append(Step(found["text"]))
        elif found["kind"] == "text":
            steps[-1] = Step(steps[-1].commands, found["text"])
    return {heading: steps for heading, steps in sections.items() if steps}


def run(step: Step, folder: Path, address: str) -> str:
    """Return what a step prints, in a folder and with a server at this address; it must end as the page tells."""
    port = address.rpartition(":")[2]
    commands = step.commands.replace("127.0.0.1:50051", address).replace("localhost:50051", f"localhost:{port}")
    ended = subprocess.run(  # noqa: S603 - what the page says
        ["bash", "-euo", "pipefail", "-c", commands],  # noqa: S607
        cwd=folder,
        # `python` is the one that runs the tests.
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == step.status, f"{commands}\n{ended.stdout}"
    return ended.stdout


def assert_is_as_told(printed: str, told: str, tolerance: float) -> None:
    """Assert that what was printed holds what a page tells, whatever the spaces; numbers to within a tolerance."""
    pieces = re.split(rf"(…|{DECIMAL})", _in_one_line(told))
    pattern = "".join(_pattern(piece) for piece in pieces)
    found = re.search(pattern, _in_one_line(printed))
    assert found, f"told:\n{told}\nprinted:\n{printed}"
    numbers = [float(piece) for piece in pieces if re.fullmatch(DECIMAL, piece)]
    assert [float(number) for number in found.groups()] == pytest.approx(numbers, abs=tolerance)


def _pattern(piece: str) -> str:
    if piece == "…":
        return ".*?"
    return f"({DECIMAL})" if re.fullmatch(DECIMAL, piece) else re.escape(piece)


def _in_one_line(text: str) -> str:
    return re.sub(r" ?… ?", "…", " ".join(text.split()))
