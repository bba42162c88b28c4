"""The images that container files make, each made once, in roots of their own."""

import os
from pathlib import Path

import pytest

from ecg_testing.container_root import Image, build
from ecg_testing.documented import ROOT
from ecg_testing.interpreters import home_of, interpreter
from ecg_testing.tools import lacks, tool

# Of the images' Python.
PYTHON = "3.13"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What fetches much from the package index is run with --all-packages only."""
    return (collection_path.name == "test_bill_of_materials.py" and not config.getoption("all_packages")) or None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """TensorFlow's image takes minutes: it is made with --all-packages only."""
    if "image" in metafunc.fixturenames:
        images = ["onnx", "tensorflow"] if metafunc.config.getoption("all_packages") else ["onnx"]
        metafunc.parametrize("image", images, indirect=True, scope="module")


@pytest.fixture(scope="module")
def image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """What a container file makes, as far as that can be done without an engine."""
    for program in ("/usr/bin/nsenter", "/usr/bin/setpriv", "/usr/bin/unshare"):
        tool(program)
    if os.geteuid() != 0:
        lacks("only root can make roots")
    python = interpreter(PYTHON)
    if python is None or home_of(python) == Path("/usr"):
        lacks(f"there is no Python {PYTHON} in a folder of its own")
    container_file = ROOT / "deploy" / "container" / f"{request.param}.Dockerfile"
    return build(container_file, ROOT, tmp_path_factory.mktemp(request.param), home_of(python))
