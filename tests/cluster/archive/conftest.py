"""A model to classify an archive with, and one Ray cluster for all tests: a process of its own, on free ports."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecg_testing import tools

tools.module("ray")

from ecg_client.formats.file_format import Stated  # noqa: E402
from ecg_cluster.archive.job import Job, Model, identity_of  # noqa: E402
from ecg_cluster.archive.places import open_place  # noqa: E402
from ecg_testing.archives import Cluster  # noqa: E402

HEAD = """
import logging, sys
from ecg_cluster.archive import ray_environment
ray_environment.prepare("")
import os
print(os.environ["RAY_AUTH_TOKEN"])
import ray
ray.init("local", num_cpus=2, object_store_memory=128 << 20, include_dashboard=False, log_to_driver=False,
         logging_level=logging.CRITICAL, _temp_dir=sys.argv[1])
print(ray.get_runtime_context().gcs_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A Ray cluster of two cores."""
    with (
        # Short: the paths of its sockets have at most 107 bytes.
        tempfile.TemporaryDirectory(prefix="ecg-ray-", dir="/tmp", ignore_cleanup_errors=True) as folder,
        subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-c", HEAD, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as head,
    ):
        assert head.stdout is not None
        assert head.stdin is not None
        token = head.stdout.readline().strip()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RAY_AUTH_MODE", "token")
            patch.setenv("RAY_AUTH_TOKEN", token)
            yield Cluster(head.stdout.readline().strip(), head.pid)
        head.stdin.close()


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """What workers are told that classify with the small model and write into a folder `parts`."""
    model = Model("reference")
    classifier = model.load()
    (tmp_path / "parts").mkdir()
    codes = tuple(one.code for one in classifier.manifest.classes)
    return Job(model, identity_of(classifier), codes, Stated(), open_place(str(tmp_path / "parts")))
