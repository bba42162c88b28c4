"""Spans of OpenTelemetry for the calls of `ecg.v1.EcgService`, sent over OTLP.

A call has the span of its caller for a parent, where the caller says so (W3C `traceparent` in the metadata). A single
call has children: queue, preprocessing, network. A stream has none, however long it is: it has an event for each batch
with recordings of its own, of which OpenTelemetry keeps the last 128, and totals.
"""

import time
from collections import defaultdict
from importlib.metadata import version

import grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, format_trace_id, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ecg_server.batching import Run
from ecg_server.call import Call
from ecg_server.telemetry.last_words import last_words
from ecg_server.telemetry.measurements import NETWORK, OTHER, PREPROCESSING, QUEUE, method_of
from ecg_server.telemetry.observer import Metadata, Observer
from ecg_server.telemetry.resource import resource

STREAM = "PredictStream"

# What a server is to blame for, as OpenTelemetry's conventions for RPC have it.
_FAULTS = {
    grpc.StatusCode.UNKNOWN.name,
    grpc.StatusCode.DEADLINE_EXCEEDED.name,
    grpc.StatusCode.UNIMPLEMENTED.name,
    grpc.StatusCode.INTERNAL.name,
    grpc.StatusCode.UNAVAILABLE.name,
    grpc.StatusCode.DATA_LOSS.name,
}

_propagator = TraceContextTextMapPropagator()


class Tracing(Observer):
    """Traces calls. Where to and how many is said by the variables OTEL_EXPORTER_OTLP_… and OTEL_TRACES_SAMPLER."""

    def __init__(self) -> None:
        self._provider = TracerProvider(resource=resource(), shutdown_on_exit=False)
        self._exporter = OTLPSpanExporter()
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("ecg_server", version("ecg-classifier"))
        self._spans: dict[Call, Span] = {}

    def close(self) -> None:
        """Send what is not sent yet, and end; blocks for a moment."""
        with last_words(self._exporter.shutdown):
            self._provider.shutdown()

    def call_began(self, call: Call, metadata: Metadata) -> None:
        """Begin a span, and note its trace in the call."""
        if method_of(call) == OTHER:
            return
        parent = _propagator.extract({key: value for key, value in metadata if isinstance(value, str)})
        name = call.method.removeprefix("/")
        attributes = {"rpc.system.name": "grpc", "rpc.method": name}
        span = self._tracer.start_span(name, parent, SpanKind.SERVER, attributes)
        call.trace_id = format_trace_id(span.get_span_context().trace_id)
        if span.is_recording():
            self._spans[call] = span

    def call_ended(self, call: Call, seconds: float) -> None:  # noqa: ARG002 - the span knows when it began
        """End the call's span."""
        span = self._spans.pop(call, None)
        if span is None:
            return
        span.set_attribute("rpc.response.status_code", call.status)
        span.set_attributes(_totals(call))
        if call.status in _FAULTS:
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def run_ended(self, run: Run) -> None:
        """Note a batch in the spans of the calls that it was for."""
        queued: defaultdict[Call, list[float]] = defaultdict(list)
        for call, seconds in zip(run.calls, run.queued_seconds, strict=True):
            if call in self._spans:
                queued[call].append(seconds)
        began = time.time() - (time.monotonic() - run.began)
        for call, waits in queued.items():
            if method_of(call) == STREAM:
                self._add_event(self._spans[call], run, waits)
            else:
                self._add_children(self._spans[call], run, began, waits[0])

    def _add_event(self, span: Span, run: Run, waits: list[float]) -> None:
        attributes = {
            "ecg.recordings": len(waits),
            "ecg.batch_windows": run.windows,
            "ecg.longest_queue_seconds": max(waits),
            "ecg.preprocessing_seconds": run.times.preprocessing_seconds,
            "ecg.network_seconds": run.times.network_seconds,
        }
        span.add_event("batch", attributes)

    def _add_children(self, parent: Span, run: Run, began: float, waited: float) -> None:
        context = set_span_in_context(parent)
        begins = began - waited
        stages = (waited, run.times.preprocessing_seconds, run.times.network_seconds)
        for stage, seconds in zip((QUEUE, PREPROCESSING, NETWORK), stages, strict=True):
            child = self._tracer.start_span(stage, context, start_time=_nanoseconds(begins))
            begins += seconds
            child.end(_nanoseconds(begins))


def _totals(call: Call) -> dict[str, str | int | float]:
    return {
        "ecg.recordings": call.recordings,
        "ecg.refused": call.refused,
        "ecg.queued_seconds": call.queued_seconds,
        "ecg.computed_seconds": call.computed_seconds,
        "ecg.model_version": call.model_version,
    }


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
