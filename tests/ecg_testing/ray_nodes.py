"""A Ray of several nodes on this machine, each with the processes that a machine of its own would have."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from ecg_cluster.proxy_environment import proxy_environment
from ecg_server.settings import ServerSettings
from ecg_testing.ports import lasting_port
from ecg_testing.ray_processes import OBJECT_STORE_MIB, RAY_ENVIRONMENT

MEBIBYTE = 1024 * 1024

# A node that is gone is noticed within two seconds, and not within half a minute.
SYSTEM = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_failure_threshold": 4}


@dataclass(frozen=True, slots=True)
class RayNode:
    """One node.

    Attributes:
        node: as Ray has it.
        address: where its proxy listens, once there is one.
    """

    node: Any
    address: str

    def kill(self) -> None:
        """End all of its processes with SIGKILL, as if the machine had lost its power."""
        for process in self._processes():
            process.kill()

    def cpu_seconds(self) -> float:
        """Return what its processes have computed so far."""
        return sum(sum(process.cpu_times()[:2]) for process in self._processes())

    def _processes(self) -> list[psutil.Process]:
        raylet = psutil.Process(self.node.all_processes["raylet"][0].process.pid)
        return [*raylet.children(recursive=True), raylet]


@dataclass(frozen=True, slots=True)
class RayNodes:
    """A head that runs no replicas, and workers that have room for one each.

    Attributes:
        cluster: as Ray has it.
        port: where the head's proxy listens.
        workers: the nodes besides the head.
    """

    cluster: Any
    port: int
    workers: list[RayNode] = field(default_factory=list)

    @property
    def addresses(self) -> str:
        """The proxies of the workers and then of the head, as one target of gRPC."""
        listed = [*(worker.address for worker in self.workers), f"127.0.0.1:{self.port}"]
        return f"ipv4:{','.join(listed)}"

    def add_worker(self) -> None:
        """Start a further node, whose proxy has a port of its own."""
        port = lasting_port()
        environment = {**_environment(), "RAY_SERVE_WORKER_PROXY_GRPC_PORT": str(port)}
        self.workers.append(RayNode(self.cluster.add_node(num_cpus=1, **_small(environment)), f"127.0.0.1:{port}"))

    def deploy(self, *arguments: str) -> None:
        """Run `ecg-cluster` to its end; it joins this cluster."""
        command = [sys.executable, "-m", "ecg_cluster", "--address", self.cluster.address, "--port", str(self.port)]
        subprocess.run([*command, *arguments], env=_whole_environment(), check=True, timeout=300)  # noqa: S603 - our own


@contextmanager
def ray_nodes(folder: Path, workers: int) -> Iterator[RayNodes]:
    """Run so many workers and a head until the end of the block."""
    from ray.cluster_utils import Cluster  # noqa: PLC0415 - it takes seconds, and who does without runs no such test

    # Ray writes down there which cluster is this machine's, and takes others for it.
    (folder / "ray").mkdir()
    before = os.environ.get("RAY_TMPDIR")
    os.environ["RAY_TMPDIR"] = str(folder)
    head = {"num_cpus": 0, "temp_dir": str(folder / "ray"), "_system_config": SYSTEM, **_small(_environment())}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    try:
        nodes = RayNodes(cluster, lasting_port())
        for _ in range(workers):
            nodes.add_worker()
        yield nodes
    finally:
        cluster.shutdown()
        os.environ.pop("RAY_TMPDIR")
        if before is not None:
            os.environ["RAY_TMPDIR"] = before


def _small(environment: Mapping[str, str]) -> dict[str, Any]:
    return {
        "object_store_memory": OBJECT_STORE_MIB * MEBIBYTE,
        "include_dashboard": False,
        "node_ip_address": "127.0.0.1",
        "env_vars": dict(environment),
    }


def _environment() -> dict[str, str]:
    return {**RAY_ENVIRONMENT, **proxy_environment(ServerSettings())}


def _whole_environment() -> dict[str, str]:
    return {**os.environ, **RAY_ENVIRONMENT}
