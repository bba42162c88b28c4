"""A real server on a free port and a real channel to it."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2, recording_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub, add_EcgServiceServicer_to_server
from ecg_model.classifier import Classifier
from ecg_server.access.gate import Gate
from ecg_server.access.shares import Shares
from ecg_server.batching import Batcher
from ecg_server.interceptor import CallInterceptor
from ecg_server.prediction_conversion import limits_to_proto
from ecg_server.records.logs import Logs
from ecg_server.served_models import STABLE, ServedModels
from ecg_server.server import EcgServer
from ecg_server.servicer import EcgServicer
from ecg_server.settings import AccessSettings, BatchingSettings, ServerSettings

ONE_BY_ONE = BatchingSettings(largest_batch=1, runs=1)


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that is SERVING, and a way to call it."""

    server: EcgServer
    address: str
    channel: aio.Channel
    stub: "EcgServiceStub"


@asynccontextmanager
async def serving(classifier: Classifier, logs: Logs | None = None, **settings: Any) -> AsyncIterator[Serving]:
    """Serve a classifier, with these settings among others; the server drains at the end."""
    async with serving_models({"": classifier}, ServerSettings(model="", **settings), logs) as server:
        yield server


@asynccontextmanager
async def serving_models(
    models: Mapping[str, Classifier], settings: ServerSettings, logs: Logs | None = None
) -> AsyncIterator[Serving]:
    """Serve classifiers by the names that the settings have for them; the server drains at the end."""
    server = EcgServer(replace(settings, port=0, drain_seconds=5), models.__getitem__, logs)
    port = await server.start()
    try:
        address = f"127.0.0.1:{port}"
        async with aio.insecure_channel(address) as channel:
            yield Serving(server, address, channel, EcgServiceStub(channel))
    finally:
        await server.drain()


def served(classifier: Classifier) -> ServedModels:
    """Return a classifier as the one model of a server."""
    models = ServedModels(limits_to_proto(ServerSettings()))
    models.put(STABLE, classifier)
    return models


@dataclass(frozen=True, slots=True)
class OpenServing:
    """A servicer behind a real channel, with its parts in the open."""

    servicer: EcgServicer
    batcher: Batcher
    stub: "EcgServiceStub"


@asynccontextmanager
async def serving_openly(
    classifier: Classifier, batching: BatchingSettings, *, stream_recordings: int = 256
) -> AsyncIterator[OpenServing]:
    """Serve a classifier by a servicer and a batcher that the test can look at."""
    batcher = Batcher(batching)
    servicer = EcgServicer(batcher, stream_recordings)
    servicer.serve(served(classifier))
    server = aio.server(interceptors=[CallInterceptor(Gate(AccessSettings()), Shares(0, 0))])
    add_EcgServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        # Without the probe the window stays at 64 KiB: it is soon full of what nobody reads.
        async with aio.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.http2.bdp_probe", 0)]) as channel:
            yield OpenServing(servicer, batcher, EcgServiceStub(channel))
    finally:
        await server.stop(5)
        await batcher.close()


def request(recording: recording_pb2.Recording) -> pb.PredictRequest:
    """Return the request for one recording."""
    return pb.PredictRequest(recording=recording)


def group(recordings: Iterable[recording_pb2.Recording]) -> pb.PredictStreamRequest:
    """Return a stream's message of these recordings."""
    return pb.PredictStreamRequest(recordings=recordings)


async def stream(
    stub: "EcgServiceStub", messages: Sequence[pb.PredictStreamRequest]
) -> list[prediction_pb2.RecordingResult]:
    """Send these messages over one stream and return all results."""
    return [result async for response in stub.PredictStream(iter(messages)) for result in response.results]
