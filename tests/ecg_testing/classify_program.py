"""`ecg-classify`, the example program of the client of every language: how it is built, run, and what it prints."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "clients"
# Where things are built; git ignores it. What is up to date there is not built again.
BUILD = ROOT / "build" / "clients"
_SECONDS = 120
_BUILD_SECONDS = 1200
_HINT = (
    "\nA first build fetches packages: of Go from its module proxy, of TypeScript from the npm registry, of Java from "
    "Maven Central, of Rust from crates.io."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run.

    Attributes:
        status: the exit code.
        lines: what it printed, each line a JSON object.
        complaint: what it wrote to standard error.
    """

    status: int
    lines: list[dict[str, Any]]
    complaint: str


@dataclass(frozen=True, slots=True)
class ClassifyProgram:
    """The program of one language, built.

    Attributes:
        command: what starts it, before its arguments.
    """

    command: tuple[str, ...]

    def run(self, *arguments: str | Path) -> Outcome:
        """Run it to its end."""
        done = subprocess.run(  # noqa: S603 - built by the test
            [*self.command, *map(str, arguments)], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        return Outcome(done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr)

    def run_into(self, output: IO[bytes], *arguments: str | Path) -> tuple[int, str]:
        """Run it with another standard output; return its exit code and what it wrote to standard error."""
        done = subprocess.run(  # noqa: S603 - built by the test
            [*self.command, *map(str, arguments)],
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return done.returncode, done.stderr


def build(command: Sequence[str | Path], folder: Path, **environment: str) -> str:
    """Run a step of a build in a folder; return what it printed. A step that fails tells what it was, and said."""
    words = [str(part) for part in command]
    tried = f"{shlex.join(words)}, in {folder}, "
    try:
        done = subprocess.run(  # noqa: S603 - what the language's README says
            words,
            cwd=folder,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        pytest.fail(f"{tried}did not end within {_BUILD_SECONDS} s:\n{_text(expired.stdout)}{_HINT}", pytrace=False)
    if done.returncode != 0:
        pytest.fail(f"{tried}ended with {done.returncode}:\n{done.stdout}{_HINT}", pytrace=False)
    return done.stdout


def _text(output: bytes | str | None) -> str:
    """What a command had printed; of one that was stopped it comes as bytes."""
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""


def readme_program(language: str, tag: str, address: str, header: Path) -> str:
    """Return the first block of code in a client's README, with another address and another record.

    Args:
        language: name of the client's folder.
        tag: what the block is marked as.
        address: where to call instead of the default address.
        header: what to read instead of 00001_lr.hea.
    """
    text = (CLIENTS / language / "README.md").read_text(encoding="utf-8")
    _, _, block = text.partition(f"```{tag}\n")
    return block.partition("```")[0].replace("127.0.0.1:50051", address).replace("00001_lr.hea", str(header))


def stale_stubs(script: str, committed: Path, folder: Path, *arguments: str | Path) -> list[str]:
    """Generate the stubs of a language into an empty folder; return which files are not as they were committed.

    Args:
        script: name of what generates them, in scripts/.
        committed: the folder with what was committed, and nothing else.
        folder: where the stubs of that folder are generated into.
        arguments: what the script takes besides.
    """
    build([ROOT / "scripts" / script, Path(sys.executable).parent, folder, *arguments], ROOT)
    fresh = folder / committed.relative_to(CLIENTS / committed.relative_to(CLIENTS).parts[0])
    names = {path.relative_to(top) for top in (committed, fresh) for path in top.rglob("*") if path.is_file()}
    return sorted(str(name) for name in names if _content(committed / name) != _content(fresh / name))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def copy_sources(language: str, *built: str) -> Path:
    """Copy clients/LANGUAGE to where it may be built, for tools that write beside the sources; return the folder.

    Args:
        language: name of the folder.
        built: names of files and folders that the tools make, which are left as they are.
    """
    target = BUILD / language
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        if old.name not in built:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    # With the times of the sources, so that nothing is built again for nothing.
    shutil.copytree(CLIENTS / language, target, ignore=shutil.ignore_patterns(*built), dirs_exist_ok=True)
    return target
