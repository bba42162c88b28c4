"""Sends the metrics over OTLP: what Prometheus would be told, at intervals.

The instruments of OpenTelemetry's SDK are not used: docs/observability.md has what a number would cost with them.
"""

import logging
import threading
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from itertools import groupby

from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric as Family
from prometheus_client.samples import Sample

from ecg_server.telemetry.last_words import last_words
from ecg_server.telemetry.resource import resource

logger = logging.getLogger(__name__)

CUMULATIVE = AggregationTemporality.CUMULATIVE


class OtlpMetrics:
    """Sends metrics from a thread of its own, to where the variables OTEL_EXPORTER_OTLP_… say.

    Args:
        registry: what tells the metrics.
        every_seconds: how often they are sent.
    """

    def __init__(self, registry: CollectorRegistry, every_seconds: float) -> None:
        self._registry = registry
        self._every_seconds = every_seconds
        self._began = time.time_ns()
        self._exporter = OTLPMetricExporter()
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="otlp metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Send them once more, and end; blocks for a moment."""
        self._is_ending.set()
        with last_words(self._exporter.shutdown):
            self._thread.join()
        self._exporter.shutdown()

    def _run(self) -> None:
        while not self._is_ending.wait(self._every_seconds):
            self._send()
        self._send()

    def _send(self) -> None:
        try:
            self._exporter.export(metrics_data(self._registry.collect(), self._began, time.time_ns()))
        except Exception:
            # That nobody takes them the exporter says by itself.
            logger.exception("the metrics could not be sent; it is tried again in %g s", self._every_seconds)


def metrics_data(families: Iterable[Family], began: int, now: int) -> MetricsData:
    """Return Prometheus's metrics as OpenTelemetry's.

    Args:
        families: what a registry tells.
        began: since when it is counted, in nanoseconds since 1970.
        now: of when it is, likewise.
    """
    metrics = [Metric(one.name, one.documentation, one.unit, _data(one, began, now)) for one in families]
    scope = InstrumentationScope("ecg_server", version("ecg-classifier"))
    return MetricsData([ResourceMetrics(resource(), [ScopeMetrics(scope, metrics, "")], "")])


def _data(family: Family, began: int, now: int) -> Gauge | Histogram | Sum:
    if family.type == "histogram":
        series = groupby(family.samples, lambda sample: _without_bound(sample.labels))
        points = [_histogram_point(labels, list(samples), began, now) for labels, samples in series]
        return Histogram(points, CUMULATIVE)
    numbers = [NumberDataPoint(one.labels, began, now, float(one.value)) for one in family.samples]
    return Sum(numbers, CUMULATIVE, is_monotonic=True) if family.type == "counter" else Gauge(numbers)


def _histogram_point(labels: Mapping[str, str], samples: list[Sample], began: int, now: int) -> HistogramDataPoint:
    buckets = [sample for sample in samples if sample.name.endswith("_bucket")]
    (total,) = (sample.value for sample in samples if sample.name.endswith("_sum"))
    below = [round(sample.value) for sample in buckets]
    return HistogramDataPoint(
        attributes=labels,
        start_time_unix_nano=began,
        time_unix_nano=now,
        count=below[-1],
        sum=total,
        bucket_counts=[upper - lower for lower, upper in zip([0, *below], below, strict=False)],
        explicit_bounds=[float(sample.labels["le"]) for sample in buckets[:-1]],
        min=None,  # type: ignore[arg-type] # nobody knows, and OTLP need not be told
        max=None,  # type: ignore[arg-type]
    )


def _without_bound(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if name != "le"}
