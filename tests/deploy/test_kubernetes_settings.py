"""A server that is given what the manifests give it does what they expect of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ecg_client import EcgClient, ServiceUnavailableError, Tls, UnauthenticatedError
from ecg_server.access.tokens import new_token
from ecg_testing.certificates import chain, put
from ecg_testing.manifests import PROBES, container_of, mount_folder, of_kind, variables_of
from ecg_testing.ports import free_port
from ecg_testing.processes import ServerProcess


def lay_out_secret(folder: Path, files: dict[str, bytes]) -> None:
    """Lay files out as the kubelet does: links into a folder that is changed as a whole."""
    (folder / "..2026").mkdir(parents=True)
    (folder / "..data").symlink_to("..2026")
    for name, content in files.items():
        put(folder / "..2026" / name, content)
        (folder / name).symlink_to(f"..data/{name}")


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[ServerProcess, str, Tls, str]]:
    """The example's canary as a process: with its variables, what it mounts, where it asks for health, a caller's."""
    (deployment,) = (one for one in of_kind("example", "Deployment") if one["metadata"]["name"].endswith("canary"))
    authority = trustme.CA()
    server, client = authority.issue_cert("localhost"), authority.issue_cert("ward-7.hospital.example")
    token, line = new_token("ward-7")
    files = {
        "tls": {
            "tls.crt": chain(server),
            "tls.key": server.private_key_pem.bytes(),
            "ca.crt": authority.cert_pem.bytes(),
        },
        "tokens": {"tokens": line.encode()},
    }
    variables = variables_of("example", deployment)
    for name, content in files.items():
        lay_out_secret(tmp_path / name, content)
    for variable, value in variables.items():
        if value.startswith("/"):
            folder = mount_folder(deployment, value)
            variables[variable] = str(tmp_path / folder.name / Path(value).relative_to(folder))
    caller = {"ca.pem": authority.cert_pem.bytes(), "c.pem": chain(client), "c.key": client.private_key_pem.bytes()}
    for name, content in caller.items():
        put(tmp_path / name, content)
    tls = Tls(authority=tmp_path / "ca.pem", certificate=tmp_path / "c.pem", private_key=tmp_path / "c.key")
    health = f"127.0.0.1:{free_port()}"
    variables |= {
        "ECG_HOST": "127.0.0.1",
        "ECG_HEALTH_PORT": health.rpartition(":")[2],
        "ECG_METRICS_PORT": str(free_port()),
    }
    with ServerProcess(environment=variables) as process:
        yield process, health, tls, token


def test_a_server_with_these_settings_does_what_is_expected_of_it(
    secured: tuple[ServerProcess, str, Tls, str],
) -> None:
    """Probes are answered in plain text; callers with a certificate and a token are, others are not."""
    process, health, tls, token = secured
    address = process.address.replace("127.0.0.1", "localhost")
    (deployment, *_) = of_kind("example", "Deployment")
    with grpc.insecure_channel(health) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        for probe in PROBES:
            service = container_of(deployment)[probe]["grpc"].get("service", "")
            answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
    with EcgClient(address, tls=tls, token=token) as client:
        assert client.model_summary().model.name == "reference"
    with EcgClient(address, tls=tls) as client, pytest.raises(UnauthenticatedError):
        client.model_summary()
    with EcgClient(address) as client, pytest.raises(ServiceUnavailableError):
        client.model_summary()
    assert process.stop() == 0
    assert not process.complaints
