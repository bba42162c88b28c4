"""Streams to this server."""

from functools import partial
from typing import Any

from benchmarks.case import Case
from benchmarks.measurement import Metrics
from benchmarks.recordings import SampleKind
from benchmarks.stage import Client, Stage
from benchmarks.streams import stream_async, stream_blocking, stream_leads
from ecg_model.loading import Runtime

PART = "stream"
ONE_STREAM = "one stream, int16, EcgClient"
ONE_STREAM_500_HZ = "one stream, int16 at 500 Hz, EcgClient"


def cases(stage: Stage) -> list[Case]:
    """Return the cases of this part."""
    return [
        _case(stage, ONE_STREAM, stream_blocking),
        _case(stage, "one stream, int16, AsyncEcgClient", stream_async),
        _case(stage, "one stream, float32, EcgClient", stream_blocking, kind=SampleKind.FLOAT32),
        _case(stage, "one stream, leads, generated stubs", stream_leads),
        _case(stage, ONE_STREAM_500_HZ, stream_blocking, sample_rate_hz=500.0),
        _case(stage, "four streams, int16, EcgClient", stream_blocking, concurrency=4),
        _case(stage, "four streams, int16, AsyncEcgClient", stream_async, concurrency=4),
        _case(stage, f"{ONE_STREAM}, tensorflow", stream_blocking, Runtime.TENSORFLOW),
    ]


def _case(stage: Stage, name: str, client: Client, runtime: Runtime = Runtime.ONNX, **what: Any) -> Case:
    return Case(PART, name, partial(_measure, stage, client, runtime, **what), runtime=runtime.value)


def _measure(stage: Stage, client: Client, runtime: Runtime, **what: Any) -> Metrics:
    return stage.measure(client, stage.ecg_server(runtime), **what)
