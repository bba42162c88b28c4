"""Where metrics are told: GET /metrics, and nothing else."""

import http.client
import socket
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from ecg_server.__main__ import main
from ecg_server.addresses import AddressError
from ecg_server.server import EcgServer
from ecg_server.settings import ServerSettings, TelemetrySettings
from ecg_server.telemetry.metrics_endpoint import MetricsEndpoint
from ecg_server.telemetry.telemetry import Telemetry, TelemetryError
from ecg_testing.fakes import fake_classifier
from ecg_testing.scraping import scraped

Answer = tuple[int, str, bytes]
Ask = Callable[..., Answer]


@pytest.fixture
def registry() -> CollectorRegistry:
    """A registry that tells that the answer is 42."""
    registry = CollectorRegistry()
    Gauge("answer", "What it is.", registry=registry).set(42)
    return registry


@pytest.fixture
def endpoint(registry: CollectorRegistry) -> Iterator[MetricsEndpoint]:
    """An endpoint on a free port."""
    endpoint = MetricsEndpoint("127.0.0.1", 0, registry)
    yield endpoint
    endpoint.close()


@pytest.fixture
def ask(endpoint: MetricsEndpoint) -> Ask:
    """Asks it something, and returns status, content type and body."""

    def ask(method: str, path: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(endpoint.url).netloc, timeout=30)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        answer = (response.status, response.headers["Content-Type"], response.read())
        connection.close()
        return answer

    return ask


def test_metrics_are_told_as_text(ask: Ask, endpoint: MetricsEndpoint) -> None:
    """In the format that every Prometheus reads."""
    status, content_type, body = ask("GET", "/metrics")

    assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert body == b"# HELP answer What it is.\n# TYPE answer gauge\nanswer 42.0\n"
    assert scraped(endpoint.url).value("answer") == 42


def test_openmetrics_is_told_to_those_who_ask_for_it(ask: Ask) -> None:
    """As today's Prometheus does."""
    status, content_type, body = ask("GET", "/metrics", Accept="application/openmetrics-text; version=1.0.0")

    assert (status, content_type.partition(";")[0]) == (200, "application/openmetrics-text")
    assert [one.name for one in text_string_to_metric_families(body.decode())] == ["answer"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/metrics/"), ("POST", "/metrics"), ("DELETE", "/metrics"), ("BREW", "/metrics")],
)
def test_there_is_nothing_else(ask: Ask, method: str, path: str) -> None:
    """Whatever else is asked is not found."""
    assert ask(method, path) == (404, "text/plain; charset=utf-8", b"GET /metrics is all there is\n")


def test_who_sends_no_http_harms_nobody(endpoint: MetricsEndpoint) -> None:
    """Nor does who connects and leaves."""
    port = urlsplit(endpoint.url).port
    for sent in (b"", b"\0\xff\r\n\r\n", b"GET " + b"x" * 100_000 + b"\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(sent)
    assert scraped(endpoint.url).value("answer") == 42


def test_a_metric_that_fails_is_in_the_log(
    ask: Ask, registry: CollectorRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """Who asks gets no answer rather than half of one; the endpoint goes on."""

    class Failing:
        def collect(self) -> Iterator[Metric]:
            raise RuntimeError("out of figures")

    registry.register(failing := Failing())
    with pytest.raises(http.client.RemoteDisconnected):
        ask("GET", "/metrics")
    registry.unregister(failing)

    assert ask("GET", "/metrics")[0] == 200
    assert [record.message for record in caplog.records] == ["the metrics could not be told"]


def test_a_port_that_is_taken_is_named(registry: CollectorRegistry) -> None:
    """With the flag that names another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=f"127.0.0.1:{port}: Address already in use.*--metrics-port"):
            MetricsEndpoint("127.0.0.1", port, registry)


@pytest.mark.parametrize(
    ("settings", "package", "flag"),
    [
        (TelemetrySettings(metrics_port=0), "prometheus_client", "--metrics-port"),
        (TelemetrySettings(sends_traces=True), "opentelemetry.exporter.otlp.proto.grpc", "--otlp"),
        (TelemetrySettings(sends_metrics=True), "opentelemetry.exporter.otlp.proto.grpc", "--otlp"),
    ],
)
def test_without_its_extra_it_says_what_to_install(
    settings: TelemetrySettings, package: str, flag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any model is loaded."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(TelemetryError, match=rf'^{flag} needs {package}.*pip install "ecg-classifier\[telemetry\]"$'):
        Telemetry(settings)


async def test_a_wrong_variable_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """As OpenTelemetry says it, and whose variables to look at; of traces before anything is begun."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "sentinel")
    said = r"^--otlp: .*sentinel.*OTEL_EXPORTER_OTLP_COMPRESSION; .* OTEL_\.\.\.$"
    with pytest.raises(TelemetryError, match=said):
        Telemetry(TelemetrySettings(sends_traces=True))

    settings = ServerSettings(model="", port=0, telemetry=TelemetrySettings(sends_metrics=True))
    server = EcgServer(settings, lambda _: fake_classifier())
    try:
        with pytest.raises(TelemetryError, match=said):
            await server.start()
    finally:
        await server.drain()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--metrics-port", "65536"], "65535"),
        (["--metrics-port", "65535", "--workers", "2"], "--workers 2"),
        (["--otlp", "logs"], "metrics or traces"),
    ],
)
def test_a_wrong_flag_is_named(arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With what it may be, and status 2."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert named in capsys.readouterr().err
