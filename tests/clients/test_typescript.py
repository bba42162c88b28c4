"""The TypeScript client, for Node."""

from pathlib import Path

import pytest

from ecg_testing.classify_program import (
    CLIENTS,
    ClassifyProgram,
    build,
    copy_sources,
    readme_program,
    stale_stubs,
)
from ecg_testing.every_language import EveryLanguage
from ecg_testing.processes import ServerProcess
from ecg_testing.tools import tool


@pytest.fixture(scope="session")
def folder() -> Path:
    """Where it is built: npm writes beside the sources. Packages are installed anew when the lock has changed."""
    npm = tool("npm")
    folder = copy_sources("typescript", "node_modules", "dist")
    lock, installed = folder / "package-lock.json", folder / "node_modules" / "installed-lock.json"
    if not installed.is_file() or installed.read_bytes() != lock.read_bytes():
        build([npm, "ci", "--prefer-offline"], folder)
        installed.write_bytes(lock.read_bytes())
    build([npm, "run", "build"], folder)
    return folder


@pytest.fixture(scope="session")
def program(folder: Path) -> ClassifyProgram:
    """The program, built."""
    return ClassifyProgram((tool("node"), str(folder / "dist" / "bin" / "ecg-classify.js")))


def test_its_own_tests(folder: Path) -> None:
    """They are run by Node's own test runner."""
    build([tool("npm"), "test"], folder)


def test_its_stubs_are_those_of_the_contract(folder: Path, tmp_path: Path) -> None:
    """To renew them: `make generate-clients`."""
    committed = CLIENTS / "typescript" / "src" / "generated"
    assert stale_stubs("generate-typescript", committed, tmp_path, folder) == []


def test_the_program_of_the_readme(folder: Path, default_server: ServerProcess, wfdb_folder: Path) -> None:
    """Prints the classes, and then that two more recordings are classified; its types are in order."""
    program = folder / "src" / "readme.ts"
    header = wfdb_folder / "plain" / "00000_lr.hea"
    program.write_text(readme_program("typescript", "ts", default_server.address, header), encoding="utf-8")
    build([tool("npm"), "run", "build"], folder)

    printed = build([tool("node"), folder / "dist" / "readme.js"], folder)
    assert printed.startswith("NORM 0.9")
    assert printed.endswith("0 classified\n1 classified\n")


class TestTypeScript(EveryLanguage):
    """It does what every language does."""
