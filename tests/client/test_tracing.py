"""Spans of a client's calls: what the service is told of them, and what they say in the end."""

import sys
from collections.abc import Callable

import pytest
from opentelemetry import context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id, set_span_in_context

from ecg_client import AsyncEcgClient, EcgClient, MissingExtraError, Recording, RecordingRefusedError, Resume
from ecg_server.settings import TelemetrySettings
from ecg_testing.fake_service import FakeService
from ecg_testing.fakes import fake_classifier
from ecg_testing.otlp_collector import otlp_collector
from ecg_testing.serving import serving

MakeRecording = Callable[..., Recording]
SERVICE = "ecg.v1.EcgService"


class Traced:
    """A provider of spans that keeps them once they have ended."""

    def __init__(self) -> None:
        self.provider = TracerProvider(shutdown_on_exit=False)
        self._exporter = InMemorySpanExporter()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """Those that have ended, in the order in which they did."""
        return self._exporter.get_finished_spans()

    @property
    def ends(self) -> list[tuple[str, object]]:
        """Their methods, and the status that each ended with."""
        return [(one.name, (one.attributes or {})["rpc.response.status_code"]) for one in self.spans]


@pytest.fixture
def traced() -> Traced:
    """Where spans are kept."""
    return Traced()


def traceparent_of(span: ReadableSpan) -> str:
    """Return what the service is to be told of a span."""
    own = span.get_span_context()
    assert own is not None
    return f"00-{format_trace_id(own.trace_id)}-{format_span_id(own.span_id)}-{own.trace_flags:02x}"


def test_every_call_is_a_span(
    address: str, service: FakeService, traced: Traced, make_recording: MakeRecording
) -> None:
    """A stream is one; each tells the service where it belongs, and is a child of what the caller is doing."""
    outer = traced.provider.get_tracer("test").start_span("outer")
    with EcgClient(address, tracing=traced.provider) as client:
        token = context.attach(set_span_in_context(outer))
        client.predict(make_recording())
        list(client.predict_stream([make_recording()] * 40))
        context.detach(token)
        client.model_summary()
        client.health()

    assert traced.ends == [(f"{SERVICE}/{name}", "OK") for name in ("Predict", "PredictStream", "ModelSummary")]
    assert service.traceparents == [traceparent_of(span) for span in traced.spans]
    assert {span.kind for span in traced.spans} == {SpanKind.CLIENT}
    parents = [span.parent and span.parent.span_id for span in traced.spans]
    assert parents == [outer.get_span_context().span_id] * 2 + [None]


def test_a_call_that_fails_says_how(address: str, traced: Traced, make_recording: MakeRecording) -> None:
    """And whether it was left: that is no fault."""
    with EcgClient(address, tracing=traced.provider) as client:
        with pytest.raises(RecordingRefusedError):
            client.predict(make_recording(sample_rate_hz=0.0))
        left = client.predict_stream([make_recording()] * 40)
        next(left)
        left.close()

    assert [status for _, status in traced.ends] == ["INVALID_ARGUMENT", "CANCELLED"]
    assert [span.status.status_code for span in traced.spans] == [StatusCode.ERROR, StatusCode.UNSET]


@pytest.mark.parametrize("is_async", [True, False])
async def test_a_stream_that_is_resumed_is_a_span_each_time(
    address: str, service: FakeService, traced: Traced, make_recording: MakeRecording, *, is_async: bool
) -> None:
    """The one that was cut says so."""
    service.cuts.append(3)
    resume = Resume(first_wait_s=0.01)
    recordings = [make_recording()] * 8
    if is_async:
        async with AsyncEcgClient(address, tracing=traced.provider) as client:
            results = [one async for one in client.predict_stream(recordings, resume=resume)]
    else:
        with EcgClient(address, tracing=traced.provider) as client:
            results = list(client.predict_stream(recordings, resume=resume))

    assert len(results) == 8
    assert traced.ends == [(f"{SERVICE}/PredictStream", "UNAVAILABLE"), (f"{SERVICE}/PredictStream", "OK")]


async def test_the_services_spans_are_children_of_the_clients(
    traced: Traced, make_recording: MakeRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One trace from the caller to the network."""
    with otlp_collector() as collected:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{collected.address}")
        async with (
            serving(fake_classifier(), telemetry=TelemetrySettings(sends_traces=True)) as server,
            AsyncEcgClient(server.address, tracing=traced.provider) as client,
        ):
            await client.predict(make_recording())

    (own,) = traced.spans
    by_id = {span.span_id.hex(): span for span in collected.spans}
    (network,) = (span for span in collected.spans if span.name == "network")
    served = by_id[network.parent_span_id.hex()]
    assert traceparent_of(own).split("-")[1:3] == [served.trace_id.hex(), served.parent_span_id.hex()]


def test_without_tracing_the_service_is_told_of_none(
    client: EcgClient, service: FakeService, make_recording: MakeRecording
) -> None:
    """Whatever span the caller is in."""
    client.predict(make_recording())
    list(client.predict_stream([make_recording()]))
    assert service.traceparents == [None, None]


def test_true_is_the_provider_that_the_program_has_set(
    address: str, service: FakeService, make_recording: MakeRecording
) -> None:
    """None has, here, and so nothing is told."""
    with EcgClient(address, tracing=True) as client:
        client.predict(make_recording())
    assert service.traceparents == [None]


def test_without_opentelemetry_it_says_what_to_install(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is asked for, and not before."""
    monkeypatch.delitem(sys.modules, "ecg_client.call_spans", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    EcgClient(address).close()
    with pytest.raises(MissingExtraError, match=r'pip install "ecg-classifier\[telemetry\]"'):
        EcgClient(address, tracing=True)
