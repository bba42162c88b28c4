"""What a page tells people to type, and what it says that they will see.

A block ```sh or ```python is typed; a comment `# exit status N` in a shell's tells how it ends, unless with 0. One that
begins with `ecg-server` starts the server that the rest of its section calls. A block ```text is what the one before it
prints, from some word to some word, `…` standing for anything, decimal numbers for others near them.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from ecg_testing.certificates import chain, put, server_files
from ecg_testing.processes import ServerProcess

ROOT = Path(__file__).parents[2]
HEADING = r"^#+ (?P<heading>[^\n]+)$"
BLOCK = r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$"
# What the tests have done already: the environment is there, and the server runs.
DONE_ALREADY = re.compile(r"^(?:make serve|source .venv/bin/activate)$\n?", re.MULTILINE)
DECIMAL = r"\d+\.\d+(?:[eE]-?\d+)?"
# Of three decimals, another processor may round the last otherwise.
TOLERANCE = 1.5e-3
# Starts sooner than the default.
SMALL_MODEL = ("--model", "reference")


@dataclass(frozen=True, slots=True)
class Step:
    """A block that is typed.

    Attributes:
        language: `sh` or `python`.
        typed: what is typed.
        page: where it stands.
        line: the line of the page before its first.
        printed: what the page says that it prints; empty: it does not say.
    """

    language: str
    typed: str
    page: Path
    line: int
    printed: str = ""

    @property
    def status(self) -> int:
        """The exit status that the page tells."""
        told = re.search(r"# exit status (\d+)", self.typed)
        return int(told[1]) if told else 0

    @property
    def server_flags(self) -> list[str] | None:
        """The flags of the server that the block starts; None: it starts none."""
        if not self.typed.startswith("ecg-server"):
            return None
        return shlex.split(self.typed.replace("\\\n", " "), comments=True)[1:]


def sections_of(page: Path) -> dict[str, list[Step]]:
    """Return the steps of each section of a page that has any."""
    sections: dict[str, list[Step]] = {}
    steps: list[Step] = []
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(f"{HEADING}|{BLOCK}", text, re.MULTILINE | re.DOTALL):
        if found["heading"]:
            steps = sections.setdefault(found["heading"], [])
        elif found["kind"] in ("sh", "python"):
            steps.append(Step(found["kind"], found["text"], page, text.count("\n", 0, found.start("text"))))
        elif found["kind"] == "text":
            steps[-1] = replace(steps[-1], printed=found["text"])
    return {heading: steps for heading, steps in sections.items() if steps}


def steps_of(page: Path) -> list[Step]:
    """Return the steps of a whole page."""
    return [step for steps in sections_of(page).values() for step in steps]


def lay_out(folder: Path) -> None:
    """Put into a folder what pages take from the repository, and the certificates that docs/security.md makes."""
    for name in ("examples", "protos"):
        (folder / name).symlink_to(ROOT / name)
    lay_out_certificates(folder)


def lay_out_certificates(folder: Path) -> None:
    """Put into a folder the certificates that docs/security.md makes, by the names that it gives them."""
    authority = trustme.CA()
    server_files(folder, authority)
    client = authority.issue_cert("ward-7.hospital.example")
    put(folder / "ward-7.pem", chain(client))
    put(folder / "ward-7.key", client.private_key_pem.bytes())


def addresses_of(server: ServerProcess) -> dict[str, str]:
    """Return where the services really are that pages name, all of them being this server."""
    port = server.address.rpartition(":")[2]
    return {"127.0.0.1:50051": server.address, "localhost:50051": f"localhost:{port}"}


def follow(steps: Iterable[Step], folder: Path, addresses: Mapping[str, str]) -> None:
    """Type one step after the other, all Python into one; each must end and print as the page tells.

    Args:
        steps: those of a section, or of a page.
        folder: where they are typed, laid out.
        addresses: where the services really are that the page names, until a step starts a server.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.ExitStack() as servers:
        for step in steps:
            if step.server_flags is None:
                _assert_is_as_told(step, _printed(_at(step, addresses), folder, namespace))
            else:
                flags = _in_folder(step.server_flags, folder)
                addresses = addresses_of(servers.enter_context(ServerProcess(*SMALL_MODEL, *flags)))


def run_in_shell(commands: str, folder: Path, status: int = 0) -> str:
    """Type commands in a folder; return what they print. They must end with that status."""
    ended = subprocess.run(  # noqa: S603 - what the page says
        ["bash", "-euo", "pipefail", "-c", DONE_ALREADY.sub("", commands)],  # noqa: S607
        cwd=folder,
        # `python` is the one that runs the tests.
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == status, f"{commands}\n{ended.stdout}"
    return ended.stdout


def _at(step: Step, addresses: Mapping[str, str]) -> Step:
    typed = step.typed
    for told, real in addresses.items():
        typed = typed.replace(told, real)
    return replace(step, typed=typed)


def _printed(step: Step, folder: Path, namespace: dict[str, Any]) -> str:
    if step.language == "sh":
        return run_in_shell(step.typed, folder, step.status)
    # Errors name the line of the page.
    code = compile("\n" * step.line + step.typed, str(step.page), "exec")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, namespace)  # noqa: S102 - what our own pages say
    return printed.getvalue()


def _in_folder(flags: list[str], folder: Path) -> list[str]:
    """Return the flags of a server that is started elsewhere: what is a file of the folder is named in full."""
    return [str(folder / flag) if (folder / flag).is_file() else flag for flag in flags]


def _assert_is_as_told(step: Step, printed: str) -> None:
    """Whatever the spaces."""
    if not step.printed:
        return
    pieces = re.split(f"(…|{DECIMAL})", _in_one_line(step.printed))
    found = re.search(rf"(?<!\S){''.join(map(_pattern, pieces))}(?!\S)", _in_one_line(printed))
    differs = f"{step.page}:{step.line} prints\n{printed}\nand not\n{step.printed}"
    assert found, differs
    numbers = [float(piece) for piece in pieces if re.fullmatch(DECIMAL, piece)]
    assert [float(number) for number in found.groups()] == pytest.approx(numbers, abs=TOLERANCE), differs


def _pattern(piece: str) -> str:
    if piece == "…":
        return ".*?"
    return f"({DECIMAL})" if re.fullmatch(DECIMAL, piece) else re.escape(piece)


def _in_one_line(text: str) -> str:
    return re.sub(" ?… ?", "…", " ".join(text.split()))
