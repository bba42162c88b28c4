"""A model to classify an archive with, and one Ray cluster for all tests: a process of its own, on free ports."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecg_testing import tools

tools.module("ray")

from ecg_client.formats.file_format import Stated  # noqa: E402
from ecg_cluster.archive.job import Job, Model, identity_of  # noqa: E402
from ecg_cluster.archive.places import open_place  # noqa: E402
from ecg_testing.archives import Cluster  # noqa: E402

TRIES = 3
HEAD = """
import os, sys
from ecg_cluster.archive import ray_environment
ray_environment.prepare("")
from ecg_cluster.archive.cluster import connected
with connected("", 2, 128):
    import ray
    print(os.environ["RAY_AUTH_TOKEN"], ray.get_runtime_context().gcs_address, flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A Ray cluster, and the token that it wants."""

    cluster: Cluster
    token: str


@pytest.fixture(scope="session")
def guarded() -> Iterator[Guarded]:
    """A Ray cluster of two cores."""
    head, told = _started()
    token, address = told.split()
    with head:
        yield Guarded(Cluster(address, head.pid), token)
        assert head.stdin is not None
        head.stdin.close()


@pytest.fixture
def cluster(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """That cluster, and its token in the environment, where no other test's cluster may find it."""
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", guarded.token)
    return guarded.cluster


def _started() -> tuple["subprocess.Popen[str]", str]:
    """Start a cluster; Ray gives itself half a minute for that, which a busy machine may not keep."""
    for _ in range(TRIES):
        head = subprocess.Popen([sys.executable, "-c", HEAD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
        assert head.stdout is not None
        told = head.stdout.readline()
        if told:
            return head, told
        head.communicate()
    raise AssertionError(f"Ray did not start, {TRIES} times")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """What workers are told that classify with the small model and write into a folder `parts`."""
    model = Model("reference")
    classifier = model.load()
    (tmp_path / "parts").mkdir()
    codes = tuple(one.code for one in classifier.manifest.classes)
    return Job(model, identity_of(classifier), codes, Stated(), open_place(str(tmp_path / "parts")))
