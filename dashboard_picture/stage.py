"""Servers, Envoy before them and Prometheus beside them, as deploy/ has them, on this machine."""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dashboard_picture.prometheus import Prometheus
from ecg_testing.envoy_proxy import EnvoyProxy, cluster_of, deployed
from ecg_testing.ports import free_port
from ecg_testing.restarting_server import RestartingServer
from ecg_testing.tools import tool

DEPLOYED = Path(__file__).parents[1] / "deploy" / "prometheus"
SCRAPE_SECONDS = 5
START_SECONDS = 60
SERVERS = 2
# The machine has few cores: so many single calls at once fill the batches of its servers, and more are refused.
MAX_REQUESTS = 24


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs.

    Attributes:
        address: where callers call.
        servers: the servers behind it.
        prometheus: who asks all of them for their figures.
    """

    address: str
    servers: list[RestartingServer]
    prometheus: Prometheus


@contextmanager
def running(folder: Path) -> Iterator[Stage]:
    """Run all of it until the end of the block; files are written into the folder."""
    with ExitStack() as stack:
        ports = [free_port() for _ in range(SERVERS)]
        started = [RestartingServer("--metrics-port", str(port)) for port in ports]
        servers = [stack.enter_context(server) for server in started]
        envoy = stack.enter_context(EnvoyProxy(_envoy_configuration(servers, folder), folder))
        targets = {"ecg-server": [f"127.0.0.1:{port}" for port in ports], "envoy": [envoy.metrics_address]}
        prometheus = stack.enter_context(prometheus_of(targets, folder))
        yield Stage(envoy.address, servers, prometheus)


@contextmanager
def prometheus_of(targets: Mapping[str, list[str]], folder: Path) -> Iterator[Prometheus]:
    """Run Prometheus with what deploy/prometheus has, but for whom it asks, and how often.

    Args:
        targets: whom it asks, by job.
        folder: for its files.
    """
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(_prometheus_configuration(targets)))
    address = f"127.0.0.1:{free_port()}"
    flags = {"config.file": file, "storage.tsdb.path": folder / "prometheus", "web.listen-address": address}
    command = [tool("prometheus"), "--log.level=error", *(f"--{name}={value}" for name, value in flags.items())]
    with subprocess.Popen(command) as process:
        try:
            prometheus = Prometheus(f"http://{address}")
            _wait_for(prometheus)
            yield prometheus
        finally:
            process.kill()


def _wait_for(prometheus: Prometheus) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not prometheus.is_ready():
        if time.monotonic() > deadline:
            raise TimeoutError("Prometheus does not start")
        time.sleep(0.1)


def _envoy_configuration(servers: list[RestartingServer], folder: Path) -> dict[str, Any]:
    configuration = deployed(folder, [server.address for server in servers])
    cluster_of(configuration)["circuit_breakers"]["thresholds"][0]["max_requests"] = MAX_REQUESTS
    return configuration


def _prometheus_configuration(targets: Mapping[str, list[str]]) -> dict[str, Any]:
    configuration: dict[str, Any] = yaml.safe_load((DEPLOYED / "prometheus.yml").read_text(encoding="utf-8"))
    configuration["global"] = {"scrape_interval": f"{SCRAPE_SECONDS}s", "evaluation_interval": f"{SCRAPE_SECONDS}s"}
    configuration["rule_files"] = [str(DEPLOYED / name) for name in configuration["rule_files"]]
    for job in configuration["scrape_configs"]:
        job.pop("dns_sd_configs", None)
        job["static_configs"] = [{"targets": targets[job["job_name"]]}]
    return configuration
