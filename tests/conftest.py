"""Fixtures for all tests."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from ecg_testing.processes import ServerProcess

# A busy machine is no defect: how long an example takes is not what these tests are about.
settings.register_profile("ecg", deadline=None)
settings.load_profile("ecg")

_PTBXL = Path(__file__).resolve().parents[2] / "shared" / "ptbxl"


def pytest_addoption(parser: pytest.Parser) -> None:
    """How thorough the tests of faults and of packages are."""
    parser.addoption("--faults", type=int, default=5, help="faults of each kind in tests/faults (default: 5)")
    parser.addoption("--faults-seed", type=int, default=None, help="what their timing follows from (default: random)")
    everything = "installs on every Python that is found, with TensorFlow too, and look for wheels (make packages)"
    parser.addoption("--all-packages", action="store_true", help=everything)


@pytest.fixture(scope="session")
def ptbxl_small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PTB-XL folder with 560 real records, where the data lies beside the checkout."""
    unpack = _PTBXL / "unpack.py"
    if not unpack.is_file():
        pytest.skip("the PTB-XL records are not beside this checkout")
    folder = tmp_path_factory.mktemp("ptbxl")
    subprocess.run([sys.executable, unpack, folder, "--small"], check=True, capture_output=True)  # noqa: S603 - our own
    return folder


@pytest.fixture(scope="session")
def default_server() -> Iterator[ServerProcess]:
    """The server as users start it, with the model that ships; SIGTERM must end it with status 0."""
    with ServerProcess() as server:
        yield server
        assert server.stop() == 0
