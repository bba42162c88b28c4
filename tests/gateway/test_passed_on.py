"""What comes with an HTTP request goes with the call of the service, and back."""

import threading
import time
from collections.abc import Iterator

import grpc
import httpx
import pytest
import requests

from ecg.v1 import ecg_service_pb2 as pb
from ecg_testing.fake_service import FakeService
from ecg_testing.gateways import gateway, serving_blocking

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Listening(FakeService):
    """Notes what comes with its calls, and can be made to wait.

    Attributes:
        metadata: what came with the last call.
        remaining: how long that might take, in seconds.
        entered: set once a call has begun.
        left: set once a call that waited has been cancelled.
    """

    def __init__(self) -> None:
        super().__init__()
        self.metadata: dict[str, str | bytes] = {}
        self.remaining = 0.0
        self.waits = False
        self.entered = threading.Event()
        self.left = threading.Event()

    def ModelSummary(  # noqa: N802 - the name in the contract
        self, request: pb.ModelSummaryRequest, context: grpc.ServicerContext
    ) -> pb.ModelSummaryResponse:
        """Describes the fake network."""
        self.metadata = dict(context.invocation_metadata())
        self.remaining = context.time_remaining() or 0.0
        if self.waits:
            context.add_callback(self.left.set)
            self.entered.set()
            self.left.wait(timeout=60)
        return super().ModelSummary(request, context)


@pytest.fixture(scope="module")
def listening() -> Listening:
    """The service behind `base`."""
    return Listening()


@pytest.fixture(scope="module")
def base(listening: Listening) -> Iterator[str]:
    """A gateway before it, whose calls may take 20 s."""
    with serving_blocking(listening) as address, gateway(address, timeout_seconds=20.0) as base:
        yield base


def get(base: str, **headers: str) -> requests.Response:
    """Ask for the model with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(f"{base}/v1/model", headers=named, timeout=60)


def test_a_request_id_goes_with_the_call_and_comes_back(base: str, listening: Listening) -> None:
    """The same one, so that the lines of both logs can be put together."""
    response = get(base, X_Request_ID="ward-7.41_a")

    assert response.headers["X-Request-ID"] == listening.metadata["x-request-id"] == "ward-7.41_a"


@pytest.mark.parametrize("sent", ["", "with blanks in it", "x" * 129, 'quote"'])
def test_a_request_without_a_fit_id_gets_one(base: str, listening: Listening, sent: str) -> None:
    """What is no id could be anything, and is written down nowhere."""
    response = get(base, X_Request_ID=sent)

    assert response.headers["X-Request-ID"] == listening.metadata["x-request-id"] != sent


def test_an_error_has_a_request_id_too(base: str) -> None:
    """Whatever it is of; and no browser takes it for something else."""
    response = requests.get(f"{base}/nowhere", headers={"X-Request-ID": "a"}, timeout=60)

    assert (response.headers["X-Request-ID"], response.headers["X-Content-Type-Options"]) == ("a", "nosniff")


def test_trace_context_goes_through(base: str, listening: Listening) -> None:
    """As W3C writes it."""
    get(base, traceparent=TRACE, tracestate="a=1")

    assert (listening.metadata["traceparent"], listening.metadata["tracestate"]) == (TRACE, "a=1")


def test_what_is_no_trace_context_does_not(base: str, listening: Listening) -> None:
    """The call is made all the same."""
    response = get(base, traceparent="00-1-2-3", tracestate="a=1")

    assert response.status_code == 200
    assert {"traceparent", "tracestate"}.isdisjoint(listening.metadata)


def test_a_token_is_the_callers_own(base: str, listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway has none: the service decides whom it lets in."""
    monkeypatch.setattr(listening, "token", "secret")
    refused, allowed = get(base, Authorization="Bearer wrong"), get(base, Authorization="Bearer secret")
    without = get(base)

    assert [response.status_code for response in (refused, allowed, without)] == [401, 200, 401]
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_grpc_would_not_take_is_refused(base: str, listening: Listening) -> None:
    """As a header that is too long; gRPC would say that the service is exhausted, and the caller come again."""
    longest, longer = (get(base, Authorization="Bearer " + "a" * count) for count in (6137, 6138))

    assert (longest.status_code, len(listening.metadata["authorization"])) == (200, 6144)
    assert (longer.status_code, longer.json()["error"]["details"][0]["reason"]) == (400, "HEADER_INVALID")


@pytest.mark.parametrize(("asked", "seconds"), [(None, 20), ("3S", 3), ("2500m", 2.5), ("1H", 20)])
def test_a_call_may_take_as_long_as_is_asked_for(
    base: str, listening: Listening, asked: str | None, seconds: float
) -> None:
    """And no longer than the gateway lets any call take."""
    get(base, **({} if asked is None else {"Grpc_Timeout": asked}))

    assert listening.remaining == pytest.approx(seconds, abs=1.5)


def test_a_call_that_takes_too_long_is_504(base: str, listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the remedy."""
    monkeypatch.setattr(listening, "waits", True)
    listening.left.clear()
    response = get(base, Grpc_Timeout="50m")

    assert (response.status_code, response.json()["error"]["status"]) == (504, "DEADLINE_EXCEEDED")
    assert "allow more time" in response.json()["error"]["message"]


def test_when_the_caller_leaves_the_call_is_cancelled(
    base: str, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody computes for nobody."""
    monkeypatch.setattr(listening, "waits", True)
    listening.left.clear()
    listening.entered.clear()
    with httpx.Client(timeout=httpx.Timeout(60, read=0.3)) as client, pytest.raises(httpx.ReadTimeout):
        client.get(f"{base}/v1/model")
    assert listening.entered.is_set()
    began = time.monotonic()
    assert listening.left.wait(timeout=15)

    # The call's own time would be over after 20 s.
    assert time.monotonic() - began < 15
