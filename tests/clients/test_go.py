"""The Go client."""

from pathlib import Path

import pytest

from ecg_testing.classify_program import BUILD, CLIENTS, ClassifyProgram, build, readme_program, stale_stubs
from ecg_testing.every_language import EveryLanguage
from ecg_testing.processes import ServerProcess
from ecg_testing.tools import tool

FOLDER = CLIENTS / "go"


@pytest.fixture(scope="session")
def go() -> str:
    """The Go tool chain."""
    return tool("go")


@pytest.fixture(scope="session")
def program(go: str) -> ClassifyProgram:
    """The program, built."""
    binary = BUILD / "go" / "ecg-classify"
    build([go, "build", "-o", binary, "./cmd/ecg-classify"], FOLDER)
    return ClassifyProgram((str(binary),))


@pytest.mark.usefixtures("program")
def test_its_own_tests(go: str) -> None:
    """And what `go vet` and `gofmt` have to say, which is nothing."""
    assert build([tool("gofmt"), "-l", "."], FOLDER) == ""
    build([go, "vet", "./..."], FOLDER)
    build([go, "test", "./..."], FOLDER)


def test_its_stubs_are_those_of_the_contract(go: str, tmp_path: Path) -> None:
    """To renew them: `make generate-clients`."""
    assert go
    assert stale_stubs("generate-go", FOLDER / "ecg" / "v1", tmp_path) == []


@pytest.mark.usefixtures("program")
def test_the_program_of_the_readme(go: str, default_server: ServerProcess, wfdb_folder: Path, tmp_path: Path) -> None:
    """Prints the classes."""
    program = tmp_path / "main.go"
    header = wfdb_folder / "plain" / "00000_lr.hea"
    program.write_text(readme_program("go", "go", default_server.address, header), encoding="utf-8")

    assert build([go, "run", program], FOLDER).startswith("NORM 0.9")


class TestGo(EveryLanguage):
    """It does what every language does."""
