"""A Ray of several nodes, with the application on it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecg_testing.conforming import MODELS
from ecg_testing.ray_nodes import RayNodes, ray_nodes
from ecg_testing.tools import module

REPLICAS = ("--replicas", "2", "--drain-seconds", "3")


@pytest.fixture(scope="module")
def nodes() -> Iterator[RayNodes]:
    """A head and two workers, each with a replica; the tests of a file end one of them."""
    module("ray")
    # Short, for the sockets in it have long names.
    folder = tempfile.mkdtemp(prefix="ecg-", dir="/tmp")
    try:
        with ray_nodes(Path(folder), workers=2) as running:
            running.deploy(*MODELS, *REPLICAS)
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)
