"""buf.gen.yaml makes code of the contract, in each language whose plugin this machine has."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ecg_testing.documented import ROOT
from ecg_testing.tools import tool

# `python` is the one that runs the tests.
BIN = Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
HEAD, PLUGINS = re.split(r"(?<=^plugins:\n)", (ROOT / "buf.gen.yaml").read_text(encoding="utf-8"), flags=re.MULTILINE)
# .ci/run installs them; `python` is there anyway.
BROUGHT_BY_CI = ("protoc-gen-go", "protoc-gen-go-grpc")
ENTRIES = re.findall(r"^  - .*\n(?:    .*\n)+", PLUGINS, flags=re.MULTILINE)


def name_of(entry: str) -> str:
    """Return what an entry of the file has buf run."""
    return re.sub(r"^  - (\w+): ([\w-]+).*", r"\1 \2", entry, flags=re.DOTALL)


def program_of(entry: str) -> str:
    """Return the program that this takes."""
    kind, name = name_of(entry).split()
    if kind == "local":
        return name
    return "python" if "grpc_tools" in entry else "protoc"


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_code_is_made(entry: str, tmp_path: Path) -> None:
    """Where the file says, and the messages or the service are in it."""
    program = program_of(entry)
    if program in BROUGHT_BY_CI:
        tool(program)
    elif shutil.which(program, path=ENVIRONMENT["PATH"]) is None:
        pytest.skip(f"there is no {program} on PATH, and .ci/run does not install it")
    template = tmp_path / "buf.gen.yaml"
    template.write_text(HEAD + entry, encoding="utf-8")
    command = [BIN / "buf", "generate", "--template", template, "--output", tmp_path]
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, timeout=60)  # noqa: S603 - ours

    made = [path for path in (tmp_path / "build/generated").rglob("*") if path.is_file()]
    assert made
    assert any(re.search("EcgService|PredictRequest", path.read_text(encoding="utf-8")) for path in made)


def test_every_language_has_its_entries() -> None:
    """Each local plugin has a remote one beside it that may take its place."""
    assert {re.search(r"out: build/generated/(\w+)", entry)[1] for entry in ENTRIES} == {  # type: ignore[index]
        "go",
        "java",
        "python",
        "rust",
        "typescript",
    }
    assert all("# remote: buf.build/" in entry for entry in ENTRIES)
