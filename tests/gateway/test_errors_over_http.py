"""What the service ends a call with is told in HTTP: by one table."""

import time

import grpc
import httpx
import pytest
import requests
from google.rpc import code_pb2
from starlette.types import Receive, Scope, Send

from ecg.v1.ecg_service_pb2_grpc import EcgServiceServicer
from ecg_gateway.around import Around
from ecg_gateway.status import HTTP_STATUS
from ecg_testing.fake_service import FakeService
from ecg_testing.fakes import fake_classifier
from ecg_testing.gateways import gateway, serving_blocking
from ecg_testing.ports import lasting_port
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import serving

# Single calls are made again, so often in all.
ATTEMPTS = 4


def test_every_code_has_its_status() -> None:
    """All that google.rpc knows."""
    assert {code.name for code in HTTP_STATUS} == set(code_pb2.Code.keys())


@pytest.mark.parametrize("code", [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK])
def test_a_call_that_fails_says_with_what(url: str, service: FakeService, code: grpc.StatusCode) -> None:
    """The name of the code beside the HTTP status, and what the service said of it."""
    service.failures.extend([code] * (ATTEMPTS if code is grpc.StatusCode.UNAVAILABLE else 1))
    response = requests.get(f"{url}/v1/model", timeout=60)
    error = response.json()["error"]

    assert (response.status_code, error["code"], error["status"]) == (HTTP_STATUS[code], HTTP_STATUS[code], code.name)
    assert error["message"]
    assert ("Retry-After" in response.headers) == (code is grpc.StatusCode.UNAVAILABLE)
    assert ("WWW-Authenticate" in response.headers) == (code is grpc.StatusCode.UNAUTHENTICATED)


@pytest.mark.parametrize(("asked", "told"), [(0.25, "1"), (7.2, "8")])
def test_when_to_come_again_is_passed_on(
    url: str, service: FakeService, monkeypatch: pytest.MonkeyPatch, asked: float, told: str
) -> None:
    """In whole seconds, never sooner than the service said."""
    monkeypatch.setattr(service, "retry_after_s", asked)
    service.failures.append(grpc.StatusCode.RESOURCE_EXHAUSTED)

    assert requests.get(f"{url}/v1/model", timeout=60).headers["Retry-After"] == told


def test_what_the_service_refuses_comes_with_its_details(default_url: str) -> None:
    """Reason, field and remedy, as a gRPC client gets them."""
    body = {"recording": {"sample_rate_hz": 100, "leads": [{"name": "LEAD_NAME_I", "millivolts": [0] * 1000}]}}
    response = requests.post(f"{default_url}/v1/recordings:predict", json=body, timeout=60)
    info, bad_request = response.json()["error"]["details"]

    assert response.status_code == 400
    assert info == {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "LEAD_MISSING",
        "domain": "ecg.v1",
    }
    assert bad_request["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert [violation["field"] for violation in bad_request["field_violations"]] == ["recording.leads"]


def test_while_the_service_is_away_it_is_503_and_afterwards_it_is_not() -> None:
    """Nobody has to restart the gateway, and nobody learns where the service is."""
    port = lasting_port()
    with gateway(f"127.0.0.1:{port}") as base:
        away = requests.get(f"{base}/model-summary", timeout=60)
        not_ready = requests.get(f"{base}/readyz", timeout=60)
        alive = requests.get(f"{base}/healthz", timeout=60)
        with ServerProcess("--model", "reference", "--port", str(port)):
            ends = time.monotonic() + 60
            while requests.get(f"{base}/readyz", timeout=60).status_code != 200:
                assert time.monotonic() < ends
            there = requests.get(f"{base}/model-summary", timeout=60)

    assert (away.status_code, away.headers["Retry-After"]) == (503, "1")
    assert away.json()["error"]["details"][0]["reason"] == "SERVICE_UNREACHABLE"
    assert str(port) not in away.text
    assert (not_ready.status_code, not_ready.json(), not_ready.headers["Retry-After"]) == (
        503,
        {"status": "NOT_SERVING"},
        "1",
    )
    assert (alive.status_code, alive.json()) == (200, {"status": "LIVE"})
    assert there.status_code == 200


def test_a_service_of_another_kind_is_told_from_one_that_is_away() -> None:
    """It knows no such method."""
    with serving_blocking(EcgServiceServicer()) as address, gateway(address) as base:
        response = requests.get(f"{base}/v1/model", timeout=60)

    assert response.status_code == 501


async def test_what_nobody_foresaw_is_internal(caplog: pytest.LogCaptureFixture) -> None:
    """Its text stays in the log, beside the request's id."""

    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("a secret")

    transport = httpx.ASGITransport(Around(failing, [], None))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        response = await client.get("/", headers={"X-Request-ID": "a"})

    assert (response.status_code, response.json()["error"]["message"]) == (500, "internal error")
    assert response.headers["X-Request-ID"] == "a"
    assert "a secret" in caplog.text


async def test_readiness_is_that_of_the_service() -> None:
    """SERVING, as its health service says."""
    async with serving(fake_classifier()) as one, httpx.AsyncClient() as client:
        with gateway(one.address) as base:
            ready = await client.get(f"{base}/readyz")

    assert (ready.status_code, ready.json()) == (200, {"status": "SERVING"})
