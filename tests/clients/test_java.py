"""The Java client."""

import pytest

from ecg_testing.classify_program import BUILD, CLIENTS, ClassifyProgram, build
from ecg_testing.every_language import EveryLanguage
from ecg_testing.tools import tool

FOLDER = CLIENTS / "java"


@pytest.fixture(scope="session")
def program() -> ClassifyProgram:
    """The program, built; its own tests are run on the way."""
    build([tool("mvn"), "--quiet", "--batch-mode", "package"], FOLDER)
    return ClassifyProgram((tool("java"), "-jar", str(BUILD / "java" / "ecg-client.jar")))


class TestJava(EveryLanguage):
    """It does what every language does."""
