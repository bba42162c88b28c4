"""The Rust client."""

import pytest

from ecg_testing.classify_program import BUILD, CLIENTS, ClassifyProgram, build
from ecg_testing.every_language import EveryLanguage
from ecg_testing.tools import tool

FOLDER = CLIENTS / "rust"


@pytest.fixture(scope="session")
def cargo() -> str:
    """The Rust tool chain."""
    return tool("cargo")


@pytest.fixture(scope="session")
def program(cargo: str) -> ClassifyProgram:
    """The program, built with exactly what is in the lock."""
    build([cargo, "build", "--quiet", "--locked", "--example", "ecg-classify"], FOLDER)
    return ClassifyProgram((str(BUILD / "rust" / "debug" / "examples" / "ecg-classify"),))


@pytest.mark.usefixtures("program")
def test_its_own_tests(cargo: str) -> None:
    """Those of the reader, and what the documentation shows."""
    build([cargo, "test", "--quiet", "--locked"], FOLDER)


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    ("component", "arguments"),
    [
        ("cargo-fmt", ["fmt", "--check"]),
        ("cargo-clippy", ["clippy", "--locked", "--all-targets", "--", "-D", "warnings"]),
    ],
)
def test_its_style(cargo: str, component: str, arguments: list[str]) -> None:
    """Neither rustfmt nor clippy has anything to say."""
    tool(component)
    build([cargo, *arguments], FOLDER)


class TestRust(EveryLanguage):
    """It does what every language does."""
