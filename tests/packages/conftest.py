"""What is published, and environments that it is installed in."""

import sys
from pathlib import Path

import pytest

from ecg_testing.clean_environment import CleanEnvironment
from ecg_testing.distributions import Distributions, build
from ecg_testing.interpreters import SUPPORTED, interpreter
from ecg_testing.tools import lacks

THIS = "this Python"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What fetches much from the package index is run with --all-packages only."""
    is_large = collection_path.name in {"test_installing_tensorflow.py", "test_resolving.py"}
    return (is_large and not config.getoption("all_packages")) or None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With --all-packages on every Python that is supported, else on the one that runs the tests."""
    if "python" in metafunc.fixturenames:
        versions = SUPPORTED if metafunc.config.getoption("all_packages") else [THIS]
        metafunc.parametrize("python", versions, indirect=True, scope="module")


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """The sdist and the wheel."""
    return build(tmp_path_factory.mktemp("distributions"))


@pytest.fixture(scope="module")
def python(request: pytest.FixtureRequest) -> Path:
    """A Python to install on."""
    if request.param == THIS:
        return Path(sys.executable)
    found = interpreter(request.param)
    if found is None:
        lacks(f"there is no Python {request.param}: its wheels are looked for, but not installed")
    return found


@pytest.fixture
def environment(python: Path, distributions: Distributions, tmp_path: Path) -> CleanEnvironment:
    """An environment with nothing in it, and what is to be installed there."""
    return CleanEnvironment(python, distributions.wheel, tmp_path / "environment")
