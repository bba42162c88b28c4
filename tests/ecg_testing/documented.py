"""What a page tells people to type, and what it says that they will see.

A block ```sh is typed; a comment `# exit status N` in it tells how it ends, unless with 0. One that begins with
`ecg-server` starts the server that the rest of its section calls. A block ```text is what the one before it prints,
from some place to some place, `…` standing for anything, decimal numbers for others near them.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from ecg_testing.certificates import chain, put, server_files
from ecg_testing.processes import ServerProcess

ROOT = Path(__file__).parents[2]
HEADING = r"^#+ (?P<heading>[^\n]+)$"
BLOCK = r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$"
DECIMAL = r"\d+\.\d+(?:[eE]-?\d+)?"
TOLERANCE = 1e-3
# Starts sooner than the default.
SMALL_MODEL = ("--model", "reference")


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
        return words[1:] if words[:1] == ["ecg-server"] else None


def steps_of(page: Path) -> dict[str, list[Step]]:
    """Return the steps of each section of a page that has any."""
    sections: dict[str, list[Step]] = {}
    steps: list[Step] = []
    for found in re.finditer(f"{HEADING}|{BLOCK}", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        if found["heading"]:
            steps = sections.setdefault(found["heading"], [])
        elif found["kind"] == "sh":
            steps.append(Step(found["text"]))
        elif found["kind"] == "text":
            steps[-1] = Step(steps[-1].commands, found["text"])
    return {heading: steps for heading, steps in sections.items() if steps}


def lay_out(folder: Path) -> None:
    """Put into a folder what pages take from the repository, and the certificates that docs/security.md makes."""
    for name in ("examples", "protos"):
        (folder / name).symlink_to(ROOT / name)
    authority = trustme.CA()
    server_files(folder, authority)
    client = authority.issue_cert("ward-7.hospital.example")
    put(folder / "ward-7.pem", chain(client))
    put(folder / "ward-7.key", client.private_key_pem.bytes())


def follow(steps: Sequence[Step], folder: Path, server: ServerProcess) -> None:
    """Type one step after the other; each must end and print as the page tells.

    Args:
        steps: those of a section.
        folder: where they are typed, laid out.
        server: the one that is called until the section starts another.
    """
    with ExitStack() as others:
        for step in steps:
            if step.server_flags is None:
                _assert_is_as_told(_typed(step, folder, server.address), step.printed)
            else:
                server = others.enter_context(ServerProcess(*SMALL_MODEL, *_in_folder(step.server_flags, folder)))


def _typed(step: Step, folder: Path, address: str) -> str:
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


def _in_folder(flags: list[str], folder: Path) -> list[str]:
    """Return the flags of a server that is started elsewhere: what is a file of the folder is named in full."""
    return [str(folder / flag) if (folder / flag).is_file() else flag for flag in flags]


def _assert_is_as_told(printed: str, told: str) -> None:
    """Whatever the spaces."""
    pieces = re.split(f"(…|{DECIMAL})", _in_one_line(told))
    found = re.search("".join(map(_pattern, pieces)), _in_one_line(printed))
    assert found, f"told:\n{told}\nprinted:\n{printed}"
    numbers = [float(piece) for piece in pieces if re.fullmatch(DECIMAL, piece)]
    assert [float(number) for number in found.groups()] == pytest.approx(numbers, abs=TOLERANCE), f"told:\n{told}"


def _pattern(piece: str) -> str:
    if piece == "…":
        return ".*?"
    return f"({DECIMAL})" if re.fullmatch(DECIMAL, piece) else re.escape(piece)


def _in_one_line(text: str) -> str:
    return re.sub(" ?… ?", "…", " ".join(text.split()))
