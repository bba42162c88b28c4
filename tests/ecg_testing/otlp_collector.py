"""A collector of OpenTelemetry that keeps what it is sent."""

from collections.abc import Iterable, Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from ecg_testing.waiting import until


@dataclass(slots=True)
class Collected:
    """What a collector was sent.

    Attributes:
        address: where it listens.
        spans: every span.
        metrics: every metric by its name, as it was sent last.
        resource: who sent, by the names of the attributes.
    """

    address: str = ""
    spans: list[Span] = field(default_factory=list)
    metrics: dict[str, Metric] = field(default_factory=dict)
    resource: dict[str, str] = field(default_factory=dict)

    async def spans_named(self, name: str, count: int = 1) -> list[Span]:
        """Wait until so many spans of a name have come, and return them."""
        await until(lambda: len(self._named(name)) >= count)
        assert len(self._named(name)) == count
        return self._named(name)

    def _named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


@contextmanager
def otlp_collector() -> Iterator[Collected]:
    """Collect until the end of the block."""
    collected = Collected()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(_Traces(collected), server)
    metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(_Metrics(collected), server)
    collected.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield collected
    finally:
        server.stop(grace=None).wait()


def attributes(pairs: Iterable[KeyValue]) -> dict[str, str | int | float]:
    """Return attributes by name."""
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value") for pair in pairs}


class _Traces(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self, collected: Collected) -> None:
        self._collected = collected

    def Export(  # noqa: N802 - the name in the contract
        self, request: trace_service_pb2.ExportTraceServiceRequest, _context: grpc.ServicerContext
    ) -> trace_service_pb2.ExportTraceServiceResponse:
        for one in request.resource_spans:
            self._collected.resource = _texts(one.resource.attributes)
            for scope in one.scope_spans:
                self._collected.spans.extend(scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()


class _Metrics(metrics_service_pb2_grpc.MetricsServiceServicer):
    def __init__(self, collected: Collected) -> None:
        self._collected = collected

    def Export(  # noqa: N802 - the name in the contract
        self, request: metrics_service_pb2.ExportMetricsServiceRequest, _context: grpc.ServicerContext
    ) -> metrics_service_pb2.ExportMetricsServiceResponse:
        for one in request.resource_metrics:
            self._collected.resource = _texts(one.resource.attributes)
            for scope in one.scope_metrics:
                self._collected.metrics.update({metric.name: metric for metric in scope.metrics})
        return metrics_service_pb2.ExportMetricsServiceResponse()


def _texts(pairs: Iterable[KeyValue]) -> dict[str, str]:
    return {name: str(value) for name, value in attributes(pairs).items()}
