"""The files of deploy/compose, Envoy, Prometheus, Grafana and the container agree with one another."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from dashboard_picture.__main__ import DASHBOARD

from ecg_server.flags import read_settings
from ecg_server.settings import ServerSettings
from ecg_testing.tools import tool

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose"


def read(name: str) -> dict[str, Any]:
    """Return a YAML file of deploy/."""
    content: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    return content


SERVICES = read("compose/docker-compose.yml")["services"]


@pytest.fixture
def server_settings() -> ServerSettings:
    """How the server runs, by the environment of its service and the defaults of its image."""
    image = {"ECG_HOST": "0.0.0.0", "ECG_PORT": "50051"}  # noqa: S104 - as deploy/container has it
    return read_settings([], image | SERVICES["ecg-server"]["environment"])


def test_all_that_is_mounted_is_there() -> None:
    """But for the certificates, which `trial-certificates` makes."""
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", ())]
    sources = {mount for mount in mounts if mount.startswith(".")}

    build = SERVICES["ecg-server"]["build"]

    assert (COMPOSE / build["context"] / build["dockerfile"]).is_file()
    assert sources > {"./certificates"}
    assert [source for source in sources - {"./certificates"} if not (COMPOSE / source).exists()] == []


def test_envoy_finds_the_servers(server_settings: ServerSettings) -> None:
    """By the name of their service, at the port that they have; and callers find Envoy where it listens."""
    resources = read("envoy/envoy.yaml")["static_resources"]
    [endpoint] = resources["clusters"][0]["load_assignment"]["endpoints"][0]["lb_endpoints"]
    server = endpoint["endpoint"]["address"]["socket_address"]
    listening = resources["listeners"][0]["address"]["socket_address"]["port_value"]

    assert server["address"] in SERVICES
    assert server["port_value"] == server_settings.port
    assert SERVICES["envoy"]["ports"] == [f"127.0.0.1:{listening}:{listening}"]


def test_prometheus_finds_all_that_it_asks(server_settings: ServerSettings) -> None:
    """The servers by the name of their service, Envoy where it tells its metrics."""
    jobs = {job["job_name"]: job for job in read("prometheus/prometheus.yml")["scrape_configs"]}
    [servers] = jobs["ecg-server"]["dns_sd_configs"]
    metrics = read("envoy/envoy.yaml")["static_resources"]["listeners"][1]["address"]["socket_address"]

    assert [name in SERVICES for name in servers["names"]] == [True]
    assert servers["port"] == server_settings.telemetry.metrics_port
    assert jobs["envoy"]["static_configs"] == [{"targets": [f"envoy:{metrics['port_value']}"]}]
    assert "envoy" in SERVICES


def test_grafana_finds_prometheus_and_the_dashboard() -> None:
    """The dashboard lies where it is looked for, and is what everybody sees first."""
    [source] = read("grafana/provisioning/datasources/prometheus.yml")["datasources"]
    [provider] = read("grafana/provisioning/dashboards/ecg.yml")["providers"]
    folder = provider["options"]["path"]
    grafana = SERVICES["grafana"]

    assert source["url"] == "http://prometheus:9090"
    assert "prometheus" in SERVICES
    assert f"../grafana/dashboards:{folder}:ro" in grafana["volumes"]
    assert grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] == f"{folder}/{DASHBOARD.name}"
    assert json.loads(DASHBOARD.read_text(encoding="utf-8"))["uid"]


def test_nothing_is_to_be_reached_from_elsewhere() -> None:
    """All that is published is this machine's own, and the servers' network has no way out."""
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert all(port.startswith("127.0.0.1:") for port in published)
    assert SERVICES["ecg-server"]["networks"] == ["inside"]
    assert read("compose/docker-compose.yml")["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_little(name: str) -> None:
    """Its files are read-only, it has no rights of root's, and its version is known."""
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "build" in service or re.search(r":v?\d+\.\d+\.\d+$", service["image"])


def test_a_certificate_for_a_trial_is_made(tmp_path: Path) -> None:
    """Clients that trust its authority find this machine's name in it; its files are where Envoy looks."""
    tool("openssl")
    subprocess.run([COMPOSE / "trial-certificates", tmp_path], check=True, capture_output=True)  # noqa: S603 - our own
    verify = ["openssl", "verify", "-CAfile", "authority.pem", "-verify_hostname", "localhost", "server.pem"]
    subprocess.run(verify, cwd=tmp_path, check=True, capture_output=True)  # noqa: S603 - likewise

    looked_for = re.findall(r"/etc/envoy/certificates/([\w.]+)", (DEPLOY / "envoy" / "certificate.yaml").read_text())
    assert [name for name in looked_for if not (tmp_path / name).exists()] == []
