"""Telemetry of a server as users start it: flags and variables, several workers."""

import re

import pytest

from ecg_client import EcgClient
from ecg_client.formats.synthetic import generate_recordings
from ecg_server.flags import read_settings
from ecg_server.settings import ServerSettings, TelemetrySettings
from ecg_server.workers import with_own_metrics_port
from ecg_testing.otlp_collector import otlp_collector
from ecg_testing.processes import ServerProcess
from ecg_testing.scraping import scraped

CALLS = 6


def test_each_of_several_workers_tells_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """At an endpoint of its own, and over OTLP; together it is what was sent."""
    with otlp_collector() as collected:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{collected.address}")
        monkeypatch.setenv("ECG_OTLP", "metrics,traces")
        monkeypatch.setenv("ECG_METRICS_PORT", "0")
        with ServerProcess("--model", "reference", "--workers", "2") as server:
            for recording in generate_recordings(CALLS):
                with EcgClient(server.address) as client:
                    client.predict(recording)
            urls = set(re.findall(r"metrics are at (http://127\.0\.0\.1:\d+/metrics)", "".join(server.lines)))
            scrapes = [scraped(url) for url in urls]
            assert server.stop() == 0

    assert len(urls) == 2
    assert sum(one.value("ecg_calls_total", method="Predict", status="OK") for one in scrapes) == CALLS
    assert len([span for span in collected.spans if span.name == "network"]) == CALLS
    assert "ecg_recording_duration_seconds" in collected.metrics
    assert server.complaints == []


def test_what_is_told_is_said_by_flags_and_variables() -> None:
    """How often, by OpenTelemetry's own, which is looked at only where it means something."""
    flags = ["--metrics-port", "9464", "--otlp", "metrics", "traces"]
    settings = read_settings(flags, {"OTEL_METRIC_EXPORT_INTERVAL": "2500"}).telemetry
    assert settings == TelemetrySettings(metrics_port=9464, sends_metrics=True, sends_traces=True, every_seconds=2.5)
    assert read_settings([], {"OTEL_METRIC_EXPORT_INTERVAL": "often"}).telemetry == TelemetrySettings()
    with pytest.raises(SystemExit):
        read_settings([], {"OTEL_METRIC_EXPORT_INTERVAL": "often", "ECG_OTLP": "metrics"})


@pytest.mark.parametrize(("first", "own"), [(9464, [9464, 9465, 9466]), (0, [0, 0, 0]), (None, [None, None, None])])
def test_workers_have_the_ports_behind_the_first(first: int | None, own: list[int | None]) -> None:
    """Of free ports each picks its own."""
    settings = ServerSettings(telemetry=TelemetrySettings(metrics_port=first))
    assert [with_own_metrics_port(settings, index).telemetry.metrics_port for index in range(3)] == own
