"""A call's spans: whose children they are, what they say, and how many there are."""

import logging
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from grpc import aio
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from ecg.v1 import ecg_service_pb2 as pb
from ecg_server.settings import BatchingSettings, TelemetrySettings
from ecg_testing.fakes import FailingNetwork, fake_classifier
from ecg_testing.messages import leads_recording, numbered_recording
from ecg_testing.otlp_collector import Collected, attributes, otlp_collector
from ecg_testing.serving import Serving, group, request, serving, stream

PREDICT = "ecg.v1.EcgService/Predict"
STREAM = "ecg.v1.EcgService/PredictStream"
STAGES = ("queue", "preprocessing", "network")

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PARENT_ID = "b7ad6b7169203331"


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collected]:
    """What is sent to a collector that the environment names."""
    with otlp_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{collector.address}")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
        yield collector


@asynccontextmanager
async def traced(network: object = None, **settings: object) -> AsyncIterator[Serving]:
    """Serve a network with tracing."""
    telemetry = TelemetrySettings(sends_traces=True)
    async with serving(fake_classifier(network), telemetry=telemetry, **settings) as server:
        yield server


def traceparent(*, is_sampled: bool = True) -> tuple[tuple[str, str], ...]:
    """Return the metadata of a caller that is part of a trace."""
    return (("traceparent", f"00-{TRACE_ID}-{PARENT_ID}-0{int(is_sampled)}"),)


async def test_a_call_is_a_span_with_its_stages_for_children(collected: Collected) -> None:
    """The stages follow each other, within the call, and the call is in the caller's trace."""
    async with traced() as server:
        await server.stub.Predict(request(numbered_recording(1, "sentinel-id")), metadata=traceparent())
        (call,) = await collected.spans_named(PREDICT)

    assert (call.trace_id.hex(), call.parent_span_id.hex()) == (TRACE_ID, PARENT_ID)
    assert call.kind == Span.SPAN_KIND_SERVER
    told = attributes(call.attributes)
    assert (told["rpc.system.name"], told["rpc.method"]) == ("grpc", PREDICT)
    assert told["rpc.response.status_code"] == "OK"
    assert (told["ecg.recordings"], told["ecg.refused"], told["ecg.model_version"]) == (1, 0, "fake")
    stages = [span for span in collected.spans if span.parent_span_id == call.span_id]
    assert tuple(stage.name for stage in stages) == STAGES
    moments = [moment for stage in stages for moment in (stage.start_time_unix_nano, stage.end_time_unix_nano)]
    assert moments == sorted(moments)
    assert call.start_time_unix_nano <= moments[0] <= moments[-1] <= call.end_time_unix_nano
    assert collected.resource["service.name"] == "ecg-server"
    assert "sentinel" not in str(collected.spans)


async def test_a_stream_is_one_span_however_long_it_is(collected: Collected) -> None:
    """With an event for each batch, of which the last 128 are kept, and the totals."""
    async with traced(batching=BatchingSettings(largest_batch=1, runs=1)) as server:
        await stream(server.stub, [group(map(numbered_recording, range(50)))] * 4)
        (call,) = await collected.spans_named(STREAM)

    assert collected.spans == [call]
    assert (len(call.events), call.dropped_events_count) == (128, 72)
    assert {event.name for event in call.events} == {"batch"}
    assert attributes(call.events[0].attributes)["ecg.recordings"] == 1
    assert attributes(call.attributes)["ecg.recordings"] == 200


async def test_an_error_is_told_and_a_fault_of_the_servers_is_marked(collected: Collected) -> None:
    """A bad recording is no fault of the server."""
    async with traced(FailingNetwork()) as server:
        for bad in (leads_recording(rate_hz=0.0), numbered_recording(1000)):
            with pytest.raises(aio.AioRpcError):
                await server.stub.Predict(request(bad))
        refused, failed = await collected.spans_named(PREDICT, 2)

    assert attributes(refused.attributes)["rpc.response.status_code"] == "INVALID_ARGUMENT"
    assert refused.status.code == Status.STATUS_CODE_UNSET
    assert attributes(failed.attributes)["rpc.response.status_code"] == "INTERNAL"
    assert failed.status.code == Status.STATUS_CODE_ERROR
    assert "secret" not in str(failed)


@pytest.mark.parametrize(
    "sent",
    [
        [("traceparent", "sentinel")],
        [("traceparent", f"00-{'0' * 32}-{PARENT_ID}-01")],
        [("traceparent", f"ff-{TRACE_ID}-{PARENT_ID}-01")],
        [("tracestate", "sentinel")],
        [("traceparent", "x" * 4000), ("traceparent", "y"), ("tracestate", ",=;" * 500)],
    ],
)
async def test_a_trace_context_that_is_none_begins_a_trace(collected: Collected, sent: list[tuple[str, str]]) -> None:
    """It costs nobody the answer, and nothing of it is sent on."""
    async with traced() as server:
        await server.stub.Predict(request(numbered_recording(1)), metadata=sent)
        (call,) = await collected.spans_named(PREDICT)

    assert (call.parent_span_id, call.trace_state) == (b"", "")
    assert call.trace_id.hex() not in {TRACE_ID, "0" * 32}
    assert "sentinel" not in str(collected.spans)


async def test_a_caller_that_is_not_sampled_costs_no_span(
    collected: Collected, caplog: pytest.LogCaptureFixture
) -> None:
    """Its trace is in the log all the same; health and others are no part of any."""
    with caplog.at_level(logging.INFO):
        async with traced() as server:
            await server.stub.Predict(request(numbered_recording(1)), metadata=traceparent(is_sampled=False))
            await server.channel.unary_unary("/grpc.health.v1.Health/Check")(b"")
            await server.stub.ModelSummary(pb.ModelSummaryRequest())
            (summary,) = await collected.spans_named("ecg.v1.EcgService/ModelSummary")

    assert collected.spans == [summary]
    lines = [record.__dict__ for record in caplog.records if record.message == "call"]
    assert [line.get("trace_id") for line in lines] == [TRACE_ID, summary.trace_id.hex()]


async def test_what_is_left_is_sent_at_the_end(collected: Collected, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that drains does not keep its last spans."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "3600000")
    async with traced() as server:
        await server.stub.Predict(request(numbered_recording(1)))
        assert collected.spans == []

    assert [span.name for span in collected.spans if span.kind == Span.SPAN_KIND_SERVER] == [PREDICT]


@pytest.mark.parametrize("answers", ["refuses", "is silent"])
async def test_a_collector_that_takes_nothing_harms_nobody(
    collected: Collected, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, answers: str
) -> None:
    """Calls are answered, the server ends and leaves no thread behind, and the log says that what was sent is lost."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}" if answers == "is silent" else "127.0.0.1:1"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{address}")
        telemetry = TelemetrySettings(sends_metrics=True, sends_traces=True)
        async with serving(fake_classifier(), telemetry=telemetry) as server:
            answer = await server.stub.Predict(request(numbered_recording(500)))

    assert answer.prediction.classes[0].is_positive
    assert collected.spans == []
    assert "what is sent over OTLP is not taken in time; the last of it is lost" in caplog.messages
    assert not [record for record in caplog.records if record.exc_info]
    assert not [thread.name for thread in threading.enumerate() if thread.name.lower().startswith(("otel", "otlp"))]
