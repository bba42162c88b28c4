"""Whatever is sent, the caller learns what is wrong with it and where; the gateway takes no harm."""

import gzip
import json
import socket
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecg_gateway.settings import BodySettings
from ecg_testing.gateways import gateway
from ecg_testing.processes import ServerProcess

JSON = {"Content-Type": "application/json"}
PREDICT = "/v1/recordings:predict"
ROW = [65, 1, 170, 70, 0, 0, 0]
SIGNAL = [[0.0] * 12] * 1000
MEBIBYTE = 1 << 20


def post(url: str, body: Any, path: str = "/predict", **headers: str) -> requests.Response:
    """Send a body, a text or what JSON makes of it."""
    sent = body if isinstance(body, bytes | str) else json.dumps(body)
    return requests.post(f"{url}{path}", data=sent, headers=JSON | headers, timeout=60)


def reason_of(response: requests.Response) -> str:
    """Return the reason of an error, which is in its first detail."""
    return str(response.json()["error"]["details"][0]["reason"])


def field_of(response: requests.Response) -> str:
    """Return the field that an error names; empty where it names none."""
    details = response.json()["error"]["details"]
    return str(details[1]["field_violations"][0]["field"]) if len(details) > 1 else ""


def answer_on(connection: socket.socket) -> bytes:
    """Return what comes over a connection, to the end of the error that it is."""
    answer = b""
    while not answer.endswith(b"}\n"):
        piece = connection.recv(65536)
        assert piece, answer
        answer += piece
    return answer


def with_row(index: int, row: Any) -> list[Any]:
    """Return a signal one of whose rows is something else."""
    return [*SIGNAL[:index], row, *SIGNAL[index + 1 :]]


@pytest.mark.parametrize(
    ("x", "y", "field", "remedy"),
    [
        pytest.param(ROW[:6], SIGNAL, "X", "it has 6 numbers; send 7", id="six values"),
        pytest.param(ROW, SIGNAL[:999], "Y", "it has 999 rows; send 1000", id="999 rows"),
        pytest.param(ROW, with_row(7, [0] * 11), "Y[7]", "it has 11 numbers; send 12", id="eleven leads"),
        pytest.param(["65", *ROW[1:]], SIGNAL, "X[0]", "it is a text; send a number", id="a text in X"),
        pytest.param(ROW, with_row(999, ["0"] * 12), "Y[999][0]", "it is a text; send a number", id="texts in Y"),
        pytest.param([None, *ROW[1:]], SIGNAL, "X[0]", "it is null; send a number", id="null in X"),
        pytest.param(ROW, with_row(3, [0, None, *[0] * 10]), "Y[3][1]", "it is null", id="null in Y"),
        pytest.param(ROW, with_row(3, None), "Y[3]", "it is null; send a list of 12 numbers", id="a row is null"),
        pytest.param(ROW, with_row(3, {}), "Y[3]", "it is an object", id="a row is an object"),
        pytest.param(ROW, with_row(3, [[0] * 12] * 12), "Y[3][0]", "it is a list", id="nested too deep"),
        pytest.param(ROW, with_row(3, [1e300] * 12), "Y[3][0]", "too great", id="beyond single precision"),
        pytest.param({"age": 65}, SIGNAL, "X", "it is an object; send a list of 7 numbers", id="X is an object"),
        pytest.param(ROW, "signal", "Y", "it is a text; send a list of 1000 rows of 12", id="Y is a text"),
        pytest.param([65, 2, *ROW[2:]], SIGNAL, "X", "sex is 2.0, but must be a whole number from 0 to 1", id="a code"),
    ],
)
def test_a_recording_that_the_original_could_not_take(url: str, x: Any, y: Any, field: str, remedy: str) -> None:
    """It says which value is wrong, and what to send."""
    response = post(url, {"X": x, "Y": y})

    assert (response.status_code, reason_of(response), field_of(response)) == (400, "FIELD_INVALID", field)
    assert remedy in response.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/predict", PREDICT])
@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param("{", "no JSON", id="cut off"),
        pytest.param("", "empty", id="empty"),
        pytest.param("[1]", "a list; send a JSON object", id="a list"),
        pytest.param("7", "a number; send", id="a number"),
        pytest.param(b"\xff\xfe{}", "no JSON", id="not UTF-8"),
        pytest.param('{"X": [NaN]}', "JSON has no NaN", id="NaN"),
        pytest.param('{"X": [1, -Infinity]}', "JSON has no NaN", id="Infinity"),
        pytest.param("[" * 9_000, "no JSON", id="nested without end"),
    ],
)
def test_a_body_that_is_no_json_object(url: str, path: str, body: Any, says: str) -> None:
    """It says where it ceases to be one."""
    response = post(url, body, path)

    assert (response.status_code, reason_of(response)) == (400, "BODY_NOT_JSON")
    assert says in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "reason"),
    [
        ("POST", "/predict", {"Content-Type": "text/plain"}, 415, "CONTENT_TYPE_UNSUPPORTED"),
        ("POST", PREDICT, {}, 415, "CONTENT_TYPE_UNSUPPORTED"),
        ("POST", PREDICT, JSON | {"Content-Encoding": "br"}, 415, "CONTENT_ENCODING_UNSUPPORTED"),
        ("GET", "/predict", {}, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/v1/model", {}, 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v2/model", {}, 404, "PATH_UNKNOWN"),
        ("POST", "/v1/recordings:forget", JSON, 404, "PATH_UNKNOWN"),
        ("GET", "/v1/model", {"Grpc-Timeout": "soon"}, 400, "HEADER_INVALID"),
        ("GET", "/v1/model", {"Authorization": "Bearer é"}, 400, "HEADER_INVALID"),
    ],
)
def test_a_request_that_leads_nowhere(  # noqa: PLR0913, PLR0917 - one more than the rule
    url: str, method: str, path: str, headers: dict[str, str], status: int, reason: str
) -> None:
    """It says what would."""
    encoded = {name: value.encode() for name, value in headers.items()}
    response = requests.request(method, f"{url}{path}", headers=encoded, data=b"{}", timeout=60)

    assert (response.status_code, reason_of(response)) == (status, reason)
    assert ("Allow" in response.headers) == (status == 405)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"a":[' + b"[]," * 500_000 + b"[]]}", id="many lists"),
        pytest.param(b'{"recording":{"leads":[' + b"{}," * 20_000 + b"{}]}}", id="many objects"),
        pytest.param(b'{"a":[' + b"1," * 2_000_001 + b"1]}", id="many numbers"),
        pytest.param(b'{"recording":{"leads":[{"millivolts":[' + b"1," * 3_000_000 + b"1]}]}}", id="many samples"),
    ],
)
def test_a_body_that_would_grow_when_it_is_read(url: str, body: bytes) -> None:
    """What would need many times its size in memory is not read."""
    response = post(url, body, PREDICT)

    assert (response.status_code, reason_of(response)) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(zlib.compress(b"{}"), id="another format"),
        pytest.param(gzip.compress(b"{}")[:-3], id="cut off"),
        pytest.param(gzip.compress(b"{}") + b"{}", id="something behind it"),
        pytest.param(b"{}", id="not compressed"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_body_that_is_no_gzip(url: str, body: bytes) -> None:
    """Though it says so."""
    response = post(url, body, **{"Content-Encoding": "gzip"})

    assert (response.status_code, reason_of(response)) == (415, "CONTENT_ENCODING_UNSUPPORTED")


@pytest.fixture(scope="module")
def process(default_server: ServerProcess) -> Iterator[ServerProcess]:
    """A gateway in a process of its own, whose memory is watched."""
    with ServerProcess("--service", default_server.address, module="ecg_gateway") as process:
        requests.get(f"http://{process.address}/v1/model", timeout=60)
        yield process


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(bytes(100 * MEBIBYTE), {}, id="said to be large"),
        pytest.param((bytes(MEBIBYTE) for _ in range(100)), {}, id="large and not said to be"),
        pytest.param(gzip.compress(bytes(100 * MEBIBYTE)), {"Content-Encoding": "gzip"}, id="large when inflated"),
    ],
)
@pytest.mark.parametrize("path", ["/predict", PREDICT])
def test_a_body_of_100_mib_is_refused_and_not_held(
    process: ServerProcess, path: str, body: Any, headers: dict[str, str]
) -> None:
    """The memory stays where it was, but for what the largest body may have."""
    pieces = iter([bytes(MEBIBYTE)] * 100) if isinstance(body, Iterator) else body
    before = psutil.Process(process.process.pid).memory_info().rss
    response = requests.post(f"http://{process.address}{path}", data=pieces, headers=JSON | headers, timeout=60)
    grown = psutil.Process(process.process.pid).memory_info().rss - before

    assert (response.status_code, reason_of(response)) == (413, "BODY_TOO_LARGE")
    assert grown < 80 * MEBIBYTE


def test_it_is_refused_before_it_is_sent(process: ServerProcess) -> None:
    """Whoever says how large it is gets the answer at once, and may go on sending."""
    host, port = process.address.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        head = f"POST {PREDICT} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: {100 * MEBIBYTE}\r\n\r\n".encode())
        answer = answer_on(connection)
        connection.sendall(bytes(MEBIBYTE))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"BODY_TOO_LARGE"' in answer


def test_who_waits_to_be_told_to_send_is_refused_and_let_go(process: ServerProcess) -> None:
    """`Expect: 100-continue`, as curl sends it with large bodies."""
    host, port = process.address.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        head = f"POST {PREDICT} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Expect: 100-continue\r\nContent-Length: {100 * MEBIBYTE}\r\n\r\n".encode())
        answer = answer_on(connection)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_come_is_not_waited_for(service_address: str) -> None:
    """A caller that sends a byte now and then holds nothing up."""
    with gateway(service_address, body=BodySettings(read_seconds=0.2)) as base:
        where = urlsplit(base)
        with socket.create_connection((where.hostname, where.port), timeout=60) as connection:
            head = "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
            connection.sendall(head.encode())
            answer = answer_on(connection)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"BODY_TOO_SLOW"' in answer


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
names = st.sampled_from(["recording", "options", "leads", "millivolts", "name", "packed_signal", "metadata", "X", "Y"])
near_misses = st.dictionaries(
    names, json_values | st.dictionaries(names, json_values | st.lists(st.dictionaries(names, json_values)))
)
bodies = st.binary(max_size=40) | json_values.map(json.dumps) | near_misses.map(json.dumps)
paths = st.sampled_from(["/predict", "/model-summary", PREDICT, "/v1/model", "/", "/healthz", "/../v1", "/%00"])
methods = st.sampled_from(["GET", "POST", "PUT", "OPTIONS", "HEAD"])
header_values = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=20).map(
    lambda text: text.encode()
)
headers = st.dictionaries(
    st.sampled_from(["X-Request-ID", "Grpc-Timeout", "traceparent", "tracestate", "Authorization", "Content-Encoding"]),
    header_values,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(method=methods, path=paths, body=bodies, headers=headers, is_json=st.booleans())
def test_nothing_that_is_sent_is_the_gateways_fault(  # noqa: PLR0913 - each is drawn
    default_url: str, method: str, path: str, body: bytes | str, headers: dict[str, bytes], *, is_json: bool
) -> None:
    """No body, no header and no path makes it fail: what it cannot use is refused with 4xx, as JSON."""
    sent = body.encode() if isinstance(body, str) else body
    kind = {"Content-Type": b"application/json"} if is_json else {}
    response = requests.request(method, f"{default_url}{path}", data=sent, headers=headers | kind, timeout=60)

    # Whoever gives the service no time gets no answer.
    assert response.status_code < 500 or (response.status_code == 504 and "Grpc-Timeout" in headers)
    if response.status_code >= 400 and method != "HEAD":
        error = response.json()["error"]
        assert error["code"] == response.status_code
        assert error["message"]
