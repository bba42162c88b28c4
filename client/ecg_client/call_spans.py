"""Spans of OpenTelemetry for calls. Needs nothing of it but its API."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

import grpc
from opentelemetry.trace import SpanKind, Status, StatusCode, TracerProvider, get_tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ecg_client.connection import SERVICE_NAME
from ecg_client.tracing import Metadata

# This alone, whatever else the program propagates: its baggage is none of the service's business.
_propagator = TraceContextTextMapPropagator()


class CallSpans:
    """One span for each call; a stream is one call, and each stream that resumes it another.

    Args:
        metadata: What every call brings in any case.
        provider: Makes the spans; None is the one that the program has set.
    """

    def __init__(self, metadata: Metadata, provider: TracerProvider | None) -> None:
        self._metadata = metadata
        self._tracer = get_tracer("ecg_client", version("ecg-classifier"), provider)

    @contextmanager
    def around(self, method: str) -> Iterator[Metadata]:
        """Begins a span, a child of the caller's current one, and says what the call brings; ends it with the call."""
        name = f"{SERVICE_NAME}/{method}"
        attributes = {"rpc.system.name": "grpc", "rpc.method": name}
        span = self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)
        carrier: dict[str, str] = {}
        _propagator.inject(carrier, set_span_in_context(span))
        code = grpc.StatusCode.CANCELLED  # what the service sees when the caller leaves early
        try:
            yield (*self._metadata, *carrier.items())
            code = grpc.StatusCode.OK
        except grpc.RpcError as error:
            code = error.code()
            span.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            span.set_attribute("rpc.response.status_code", code.name)
            span.end()
