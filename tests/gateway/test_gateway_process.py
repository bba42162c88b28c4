"""`ecg-gateway`, as users start and stop it."""

import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import requests
import trustme

from ecg_client.connection import Connection
from ecg_client.tls import Tls
from ecg_gateway.__main__ import main
from ecg_gateway.process import StartError, check_exposure
from ecg_gateway.settings import GatewaySettings, TlsSettings
from ecg_server.settings import AccessSettings
from ecg_testing.certificates import chain, put, server_files
from ecg_testing.fakes import fake_classifier
from ecg_testing.gateways import gateway
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import serving

OTHERS = "0.0.0.0"  # noqa: S104 - that is the point


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(default_server: ServerProcess, number: signal.Signals) -> None:
    """One line when it listens, one with the page, one for each request but those of probes, and status 0."""
    with ServerProcess("--service", default_server.address, module="ecg_gateway") as process:
        requests.get(f"http://{process.address}/healthz", timeout=60)
        requests.get(
            f"http://{process.address}/model-summary?patient=secret", headers={"X-Request-ID": "a"}, timeout=60
        )
        requests.get(f"http://{process.address}/secret", timeout=60)
        process.process.send_signal(number)
        assert process.wait() == 0
    listening, page, *lines = process.lines
    asked, lost = (json.loads(line) for line in lines)

    assert re.fullmatch(r"listening on 127\.0\.0\.1:\d+\n", listening)
    assert json.loads(page)["message"] == f"the page is at http://{process.address}/"
    expected = {"level": "INFO", "message": "request", "request_id": "a", "method": "GET", "route": "/model-summary"}
    assert asked.items() >= (expected | {"status": 200, "peer": "127.0.0.1"}).items()
    assert asked["duration_ms"] > 0
    assert (lost["route"], lost["status"]) == ("other", 404)
    assert "secret" not in "".join(lines)


def test_metrics_are_told_on_a_port_of_their_own(default_server: ServerProcess) -> None:
    """Requests by method, route and status, and how long they took; not to those who call the gateway."""
    with ServerProcess("--service", default_server.address, "--metrics-port", "0", module="ecg_gateway") as process:
        port = json.loads(process.lines[0])["port"]
        requests.get(f"http://{process.address}/v1/model", timeout=60)
        requests.get(f"http://{process.address}/secret", timeout=60)
        told = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
        assert requests.get(f"http://{process.address}/metrics", timeout=60).status_code == 404

    assert 'ecg_gateway_requests_total{method="GET",route="/v1/model",status="200"} 1.0' in told
    assert 'ecg_gateway_requests_total{method="GET",route="other",status="404"} 1.0' in told
    assert 'ecg_gateway_request_seconds_count{route="/v1/model"} 1.0' in told
    assert "secret" not in told


def test_it_needs_neither_the_server_nor_telemetry() -> None:
    """What the extra `gateway` does not bring is not there, and what `--metrics-port` needs is said."""
    absent = ("grpc_status", "keras", "onnxruntime", "prometheus_client", "pydantic", "tensorflow")
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({absent}));"
        "from ecg_gateway.__main__ import main; sys.exit(main(['--port', '0', '--metrics-port', '0']))"
    )
    ran = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )

    assert ran.returncode == 1
    assert ran.stderr == (
        'ecg-gateway: --metrics-port needs prometheus_client: pip install "ecg-classifier[telemetry]"\n'
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--port", "70000"], "'70000' must be a number from 0 to 65535"),
        (["--max-body-mib", "0"], "'0' must be a whole number above 0"),
        (["--timeout-seconds", "inf"], "'inf' must be a number above 0"),
        (["--tls-key", "a"], "--tls-certificate and --tls-key go together"),
        (["--service-key", "a"], "--service-certificate and --service-key go together"),
    ],
)
def test_a_wrong_flag_is_said(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert says in capsys.readouterr().err


def test_a_variable_is_a_flag(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong ones are said likewise."""
    monkeypatch.setenv("ECG_GATEWAY_PORT", "none")
    with pytest.raises(SystemExit):
        main([])
    assert "'none' must be a number" in capsys.readouterr().err
    monkeypatch.setenv("ECG_GATEWAY_PORT", "0")
    monkeypatch.setenv("ECG_GATEWAY_INSECURE", "perhaps")
    with pytest.raises(SystemExit):
        main([])

    assert "ECG_GATEWAY_INSECURE is 'perhaps'; it must be true or false" in capsys.readouterr().err


def _refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line with which the gateway does not start."""
    assert main(["--port", "0", *arguments]) == 1
    line = capsys.readouterr().err
    assert line.startswith("ecg-gateway: ")
    assert line.count("\n") == 1
    return line


def test_an_address_in_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """With what to choose instead."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        line = _refusal(["--port", port], capsys)

    assert f"cannot listen on 127.0.0.1:{port}: Address already in use; choose another --host or --port" in line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--service", "http://127.0.0.1:50051"], "without http://"),
        (["--host", OTHERS], "will not listen on '0.0.0.0' without TLS"),
        (["--service", "ecg.example.org:50051"], "will not call the service at ecg.example.org:50051 without TLS"),
        (["--service-authority", "no-such-file"], "no-such-file"),
        (["--tls-certificate", "no-such-file", "--tls-key", "no-such-file"], "cannot use --tls-certificate"),
    ],
)
def test_what_cannot_be_used_is_said(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with status 1."""
    assert says in _refusal(arguments, capsys)


@pytest.mark.parametrize(
    "settings",
    [
        GatewaySettings(host="::1"),
        GatewaySettings(host="localhost", service=Connection("unix:/run/ecg.sock")),
        GatewaySettings(host=OTHERS, is_insecure=True, service=Connection("ecg.example.org:1")),
        GatewaySettings(host=OTHERS, tls=TlsSettings(certificate=Path("a"), private_key=Path("b"))),
        GatewaySettings(service=Connection("ecg.example.org:1", Tls())),
    ],
)
def test_plain_text_stays_on_this_machine_or_was_allowed_to_leave(settings: GatewaySettings) -> None:
    """Then nothing is said."""
    check_exposure(settings)


@pytest.mark.parametrize("host", [OTHERS, "::", "192.0.2.1", "ward.example.org", ""])
def test_plain_text_does_not_leave_unasked(host: str) -> None:
    """Nor to a name of which nobody can tell."""
    with pytest.raises(StartError, match="--insecure"):
        check_exposure(GatewaySettings(host=host))


@pytest.fixture
def authority() -> trustme.CA:
    """Who vouches for all."""
    return trustme.CA()


async def test_tls_on_both_sides(tmp_path: Path, authority: trustme.CA) -> None:
    """Callers see the gateway's certificate; the service sees the gateway's, and is seen."""
    files = server_files(tmp_path, authority)
    issued = authority.issue_cert("gateway.example.org")
    put(tmp_path / "gateway.pem", chain(issued))
    put(tmp_path / "gateway.key", issued.private_key_pem.bytes())
    own = TlsSettings(certificate=files.certificate, private_key=files.private_key)
    tls = Tls(authority=files.authority, certificate=tmp_path / "gateway.pem", private_key=tmp_path / "gateway.key")
    trusted = ssl.create_default_context(cafile=str(files.authority))
    access = AccessSettings(tls=files.tls("gateway.example.org"))
    async with serving(fake_classifier(), access=access) as one:
        with gateway(Connection(one.address, tls), tls=own) as base:
            async with httpx.AsyncClient(verify=trusted) as client:
                response = await client.get(f"{base}/v1/model")

    assert base.startswith("https://")
    assert response.status_code == 200, response.text
    assert response.json()["model"]["name"] == "fake"


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        ((), "https://ward.example.org", None),
        (("https://ward.example.org",), "https://ward.example.org", "https://ward.example.org"),
        (("https://ward.example.org",), "https://other.example.org", None),
        (("*",), "https://other.example.org", "*"),
    ],
)
def test_pages_of_other_origins_may_call_if_they_are_named(
    service_address: str, origins: tuple[str, ...], origin: str, allowed: str | None
) -> None:
    """Unless any is, browsers let none."""
    asking = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    with gateway(service_address, allowed_origins=origins) as base:
        preflight = requests.options(f"{base}/predict", headers=asking, timeout=60)
        answer = requests.get(f"{base}/model-summary", headers={"Origin": origin}, timeout=60)

    assert preflight.ok == (allowed is not None)
    assert preflight.headers.get("Access-Control-Allow-Origin") == allowed
    assert answer.headers.get("Access-Control-Allow-Origin") == allowed
