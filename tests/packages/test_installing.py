"""The wheel, installed where nothing else is, does what it is for."""

import pytest

from ecg_testing.clean_environment import PREDICT, PREDICTED, CleanEnvironment, serves
from ecg_testing.distributions import PROJECT
from ecg_testing.processes import ServerProcess
from ecg_testing.requirements import needed

HEAVY = {"keras", "numpy", "onnx", "onnxruntime", "pandas", "ray", "scipy", "starlette", "tensorflow", "typer"}


@pytest.fixture
def is_locked(pytestconfig: pytest.Config) -> bool:
    """Whether what is installed beside the wheel has the versions that are tested; else the newest that it allows."""
    return not pytestconfig.getoption("all_packages")


def test_the_client_alone_predicts(
    environment: CleanEnvironment, default_server: ServerProcess, *, is_locked: bool
) -> None:
    """It brings numpy and gRPC, and says what is missing for the rest."""
    environment.install(is_locked=is_locked)
    environment.check()
    ended = environment.run("python", "-c", PREDICT, default_server.address)
    assert ended.status == 0, ended.output
    assert PREDICTED in ended.output
    assert environment.installed.keys() & HEAVY == {"numpy"}
    assert environment.installed.keys() == {"ecg-classifier", *needed(())}
    commands = {name: environment.run(name, "--version") for name in ("ecg", "ecg-server")}
    assert [(name, one.status, _remedy(one.output)) for name, one in commands.items()] == [
        ("ecg", 2, 'pip install "ecg-classifier[cli]"'),
        ("ecg-server", 1, 'pip install "ecg-classifier[onnx]"'),
    ]


def _remedy(output: str) -> str:
    (line,) = output.splitlines()
    return line[line.index("pip install") :]


def test_the_command_line_is_an_extra(
    environment: CleanEnvironment, default_server: ServerProcess, *, is_locked: bool
) -> None:
    """It knows its version, and a service."""
    environment.install("cli", is_locked=is_locked)
    assert environment.run("ecg", "--version").output == f"ecg {PROJECT['version']}\n"
    assert "Classify 12-lead ECG recordings" in environment.run("ecg", "--help").output
    streamed = environment.run("ecg", "stream", "--synthetic", "2", "--address", default_server.address)
    assert streamed.status == 0, streamed.output
    assert "2 recordings" in streamed.output


def test_the_server_needs_no_tensorflow(environment: CleanEnvironment, *, is_locked: bool) -> None:
    """It starts, answers and drains."""
    environment.install("onnx", is_locked=is_locked)
    assert "tensorflow" not in environment.installed
    assert environment.run("ecg-server", "--version").output == f"ecg-server {PROJECT['version']}\n"
    serves(environment)
