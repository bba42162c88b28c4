"""Metrics over OTLP are those at the endpoint."""

import pytest

from ecg_server.settings import TelemetrySettings
from ecg_testing.fakes import fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.otlp_collector import attributes, otlp_collector
from ecg_testing.scraping import scrape
from ecg_testing.serving import group, serving, stream


async def test_what_is_sent_is_what_is_told_at_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every metric, and of counters, gauges and histograms each number; the last of it as the server ends."""
    with otlp_collector() as collected:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{collected.address}")
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=trial")
        telemetry = TelemetrySettings(metrics_port=0, sends_metrics=True, every_seconds=3600)
        async with serving(fake_classifier(), telemetry=telemetry) as server:
            await stream(server.stub, [group(map(numbered_recording, (50, 500, 950)))])
            scraped = await scrape(server.server.metrics_url)
            assert collected.metrics == {}

    sent = collected.metrics
    assert {f"{name}_total" if one.WhichOneof("data") == "sum" else name for name, one in sent.items()} == set(
        scraped.kinds
    )
    counted = {
        (attributes(point.attributes)["method"], attributes(point.attributes)["status"]): point.as_double
        for point in sent["ecg_recordings"].sum.data_points
        if point.as_double
    }
    assert counted == scraped.rises("ecg_recordings_total") == {("PredictStream", "OK"): 3}
    assert sent["ecg_recordings"].sum.is_monotonic
    (limit,) = sent["ecg_queue_limit_windows"].gauge.data_points
    assert limit.as_double == scraped.value("ecg_queue_limit_windows")
    (of_norm,) = (
        point
        for point in sent["ecg_class_probability"].histogram.data_points
        if attributes(point.attributes) == {"model": "fake", "class": "NORM"}
    )
    assert (of_norm.count, of_norm.sum) == (3, pytest.approx(1.5))
    assert list(of_norm.explicit_bounds) == [number / 10 for number in range(1, 11)]
    assert list(of_norm.bucket_counts) == [1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    assert 0 < of_norm.start_time_unix_nano < of_norm.time_unix_nano
    assert collected.resource["service.name"] == "ecg-server"
    assert collected.resource["deployment.environment.name"] == "trial"
