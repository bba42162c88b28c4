"""Starts and ends what tells of a server: its metrics endpoint, and what it sends over OTLP."""

import asyncio
import logging
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from ecg_server.own_thread import in_own_thread
from ecg_server.settings import TelemetrySettings
from ecg_server.telemetry.measurements import Measurements
from ecg_server.telemetry.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecg_server.telemetry.observer import Observer

logger = logging.getLogger(__name__)


class TelemetryError(Exception):
    """The server cannot tell what it is asked to. Its text is one line."""


class Telemetry:
    """What a server tells of itself: nothing, unless its settings say so.

    Args:
        settings: what it tells, and how.

    Attributes:
        observers: who is to be told what becomes of calls, recordings and batches.
        metrics_url: where the metrics are, once it has started; empty: nowhere.

    Raises:
        TelemetryError: a package is missing, or a variable of OpenTelemetry's is wrong.
    """

    def __init__(self, settings: TelemetrySettings) -> None:
        _check_installed(settings)
        self.metrics_url = ""
        self._settings = settings
        self._endings: list[Callable[[], None]] = []
        self._measurements = Measurements() if settings.has_metrics else None
        self.observers: tuple[Observer, ...] = () if self._measurements is None else (self._measurements,)
        if settings.sends_traces:
            self._trace()

    def start(self, host: str, sources: Sources) -> None:
        """Tell metrics from now on, where they are wanted.

        Args:
            host: address to listen on.
            sources: what they are read from, besides what the observers are told.

        Raises:
            AddressError: the address is in use, not permitted, or none of this machine.
            TelemetryError: a variable of OpenTelemetry's is wrong.
        """
        if self._measurements is not None:
            self._tell_metrics(self._measurements, host, sources)

    async def close(self) -> None:
        """Send what is not sent yet, for a moment, and end."""
        await asyncio.gather(*(in_own_thread(end) for end in self._endings))

    def _tell_metrics(self, measurements: Measurements, host: str, sources: Sources) -> None:
        # Here, because only the extra `telemetry` has what they need, and it takes a while to load.
        from ecg_server.telemetry.server_collector import registry_of  # noqa: PLC0415

        registry = registry_of(measurements, sources)
        if self._settings.metrics_port is not None:
            from ecg_server.telemetry.metrics_endpoint import MetricsEndpoint  # noqa: PLC0415

            endpoint = MetricsEndpoint(host, self._settings.metrics_port, registry)
            self.metrics_url = endpoint.url
            self._endings.append(endpoint.close)
            logger.info("metrics are at %s", endpoint.url)
        if self._settings.sends_metrics:
            from ecg_server.telemetry.otlp_metrics import OtlpMetrics  # noqa: PLC0415

            with _opentelemetry_starting():
                sender = OtlpMetrics(registry, self._settings.every_seconds)
            self._endings.append(sender.close)

    def _trace(self) -> None:
        from ecg_server.telemetry.tracing import Tracing  # noqa: PLC0415

        with _opentelemetry_starting():
            tracing = Tracing()
        self.observers = (*self.observers, tracing)
        self._endings.append(tracing.close)


def _check_installed(settings: TelemetrySettings) -> None:
    needed = [("--metrics-port", "prometheus_client")] if settings.metrics_port is not None else []
    if settings.sends_metrics or settings.sends_traces:
        needed += [("--otlp", "prometheus_client"), ("--otlp", "opentelemetry.exporter.otlp.proto.grpc")]
    for flag, package in needed:
        try:
            import_module(package)
        except ModuleNotFoundError as missing:
            raise TelemetryError(
                f'{flag} needs {missing.name}, which is not installed: pip install "ecg-classifier[telemetry]"'
            ) from missing


@contextmanager
def _opentelemetry_starting() -> "Iterator[None]":
    """Make an error that names a variable of what OpenTelemetry says of its own."""
    try:
        yield
    except Exception as error:
        raise TelemetryError(
            f"--otlp: OpenTelemetry does not start: {error}; look at the variables OTEL_..."
        ) from error
