"""A Ray cluster to work on: one that is there, or one of this machine alone that ends with the run."""

import contextlib
import logging
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import ray
from ray.data import DataContext

from ecg_cluster.archive.errors import ClusterError
from ecg_cluster.ray_start import start_ray
from ecg_server.cores import usable_cores

MEBIBYTE = 1 << 20
CONNECT_SECONDS = 5


@contextlib.contextmanager
def connected(address: str, workers: int | None, object_store_mib: int) -> Iterator[int]:
    """Connect to a cluster, or start one; return how many workers it is to have.

    Raises:
        ClusterError: there is none at that address, or none can be started.
    """
    with _joined(address) if address else _started(workers or usable_cores(), object_store_mib):
        _leave_the_terminal_alone()
        resources: dict[str, float] = ray.cluster_resources()
        yield workers or max(1, int(resources.get("CPU", 1)))


@contextlib.contextmanager
def _joined(address: str) -> Iterator[None]:
    remedy = "give HOST:PORT of the head of one, with RAY_AUTH_MODE=token if it wants a token, or no --address"
    otherwise = f"there is no Ray cluster at {address}; {remedy}"
    host, _, port = address.rpartition(":")
    try:
        # Ray itself would try for a minute.
        socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise ClusterError(otherwise) from error
    with _running(otherwise, ray.init, address=address):
        yield


@contextlib.contextmanager
def _started(cores: int, object_store_mib: int) -> Iterator[None]:
    # Short: the paths of its sockets have at most 107 bytes.
    with (
        tempfile.TemporaryDirectory(prefix="ecg-ray-", dir="/tmp", ignore_cleanup_errors=True) as folder,
        _running(
            "Ray did not start on this machine; try again when it is less busy",
            start_ray,
            num_cpus=cores,
            object_store_memory=object_store_mib * MEBIBYTE,
            include_dashboard=False,
            _temp_dir=folder,
        ),
    ):
        yield


@contextlib.contextmanager
def _running(otherwise: str, init: Callable[..., object], **options: Any) -> Iterator[None]:
    try:
        with _silent():
            init(log_to_driver=False, logging_level=logging.CRITICAL, **options)
    except Exception as error:  # Ray raises what it likes
        raise ClusterError(otherwise) from error
    try:
        yield
    finally:
        ray.shutdown()


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Let nothing be written to standard error: what writes there meanwhile is not Python, and has no other switch."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - it is a device
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _leave_the_terminal_alone() -> None:
    """What Ray Data has to say to people, this program says; its own files of logs have it all."""
    context = DataContext.get_current()
    context.enable_progress_bars = context.enable_operator_progress_bars = context.print_on_execution_start = False
    for handler in logging.getLogger("ray.data").handlers:
        # Ray Data has a handler of its own kind for the console.
        if "File" not in type(handler).__name__:
            handler.setLevel(logging.CRITICAL + 1)
