"""Metrics as prometheus_client has them, made from plain numbers by label."""

from collections.abc import Iterable, Mapping
from math import isinf
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from ecg_server.telemetry.histogram import Histogram

# One value of a label, or several in the order of their labels; none where there are no labels.
Values = TypeVar("Values", bound=str | tuple[str, ...])


def counter(name: str, meaning: str, labels: tuple[str, ...], counts: Mapping[Values, float]) -> CounterMetricFamily:
    """Return a counter; Prometheus sees its name with `_total` behind it."""
    family = CounterMetricFamily(name, meaning, labels=labels)
    for values, count in counts.items():
        family.add_metric(_listed(values), count)
    return family


def gauge(name: str, meaning: str, labels: tuple[str, ...], numbers: Mapping[Values, float]) -> GaugeMetricFamily:
    """Return a gauge."""
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for values, number in numbers.items():
        family.add_metric(_listed(values), number)
    return family


def histogram(
    name: str, meaning: str, labels: tuple[str, ...], histograms: Mapping[Values, Histogram]
) -> HistogramMetricFamily:
    """Return a histogram."""
    family = HistogramMetricFamily(name, meaning, labels=labels)
    for values, one in histograms.items():
        buckets = [(_bound_text(bound), count) for bound, count in one.buckets()]
        family.add_metric(_listed(values), buckets, one.total)
    return family


def zeros(values: Iterable[Values]) -> dict[Values, int]:
    """Return 0 for each: what has not happened yet is told too, so that its first time is seen as a rise."""
    return dict.fromkeys(values, 0)


def _bound_text(bound: float) -> str:
    return "+Inf" if isinf(bound) else str(float(bound))


def _listed(values: str | tuple[str, ...]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else values
