"""Clients that send recordings over streams. Run in processes of their own."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import grpc

from benchmarks.answers import WrongAnswerError
from benchmarks.calls import Load, probabilities
from benchmarks.measurement import Measurement, Work, measured
from benchmarks.recordings import DISTINCT, endlessly, millivolts, recordings
from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2, recording_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_client import AsyncEcgClient, EcgClient, Recording, RecordingResult

# As many as the Python client puts into one message.
GROUP = 32


def stream_blocking(load: Load) -> Measurement:
    """Stream with `EcgClient`: each stream in a thread, all over one connection."""

    def stream(seconds: float) -> Work:
        source = _until(time.monotonic() + seconds, load)
        return Work(sum(_checked(load, result) for result in client.predict_stream(source)))

    with EcgClient(load.server.address) as client, ThreadPoolExecutor(load.concurrency) as threads:
        return measured(
            lambda seconds: Work.together(list(threads.map(stream, [seconds] * load.concurrency))),
            load.window,
            load.server.pid,
        )


def stream_async(load: Load) -> Measurement:
    """Stream with `AsyncEcgClient`: all streams in one event loop, over one connection."""

    async def stream(client: AsyncEcgClient, seconds: float) -> Work:
        results = client.predict_stream(_until(time.monotonic() + seconds, load))
        return Work(sum([_checked(load, result) async for result in results]))

    async def streams(client: AsyncEcgClient, seconds: float) -> Work:
        return Work.together(await asyncio.gather(*(stream(client, seconds) for _ in range(load.concurrency))))

    async def connected() -> AsyncEcgClient:
        return AsyncEcgClient(load.server.address)

    with asyncio.Runner() as runner:
        client = runner.run(connected())
        try:
            return measured(lambda seconds: runner.run(streams(client, seconds)), load.window, load.server.pid)
        finally:
            runner.run(client.close())


def stream_leads(load: Load) -> Measurement:
    """Stream with the generated stubs, each lead a repeated float of its own. The messages are written as they go."""

    def stream(seconds: float) -> Work:
        responses = EcgServiceStub(channel).PredictStream(_messages(time.monotonic() + seconds, load))
        return Work(sum(_checked_message(load, result) for response in responses for result in response.results))

    with grpc.insecure_channel(load.server.address) as channel:
        return measured(stream, load.window, load.server.pid)


def _until(ends: float, load: Load) -> Iterator[Recording]:
    """Yield recordings until the time is over, and at least one."""
    for _, recording in endlessly(recordings(load.kind, load.sample_rate_hz)):
        yield recording
        if time.monotonic() >= ends:
            return


def _messages(ends: float, load: Load) -> Iterator[pb.PredictStreamRequest]:
    source = map(_with_leads, _until(ends, load))
    while group := list(islice(source, GROUP)):
        yield pb.PredictStreamRequest(recordings=group)


def _with_leads(recording: Recording) -> recording_pb2.Recording:
    known = recording.metadata
    columns = zip(recording.lead_names, millivolts(recording).T, strict=True)
    return recording_pb2.Recording(
        recording_id=recording.recording_id,
        metadata=recording_pb2.PatientMetadata(
            age_years=known.age_years,
            sex=recording_pb2.Sex.ValueType(known.sex or 0),
            height_cm=known.height_cm,
            weight_kg=known.weight_kg,
        ),
        sample_rate_hz=recording.sample_rate_hz,
        leads=[
            recording_pb2.Lead(name=recording_pb2.LeadName.ValueType(name), millivolts=column.tolist())
            for name, column in columns
        ],
    )


def _checked(load: Load, result: RecordingResult) -> int:
    """Return 1 for a recording that was answered rightly."""
    if result.prediction is None:
        raise WrongAnswerError(f"recording {result.sequence_number}: {result.error}")
    load.answers.check(result.sequence_number % DISTINCT, probabilities(result.prediction))
    return 1


def _checked_message(load: Load, result: prediction_pb2.RecordingResult) -> int:
    load.answers.check(result.sequence_number % DISTINCT, [one.probability for one in result.prediction.classes])
    return 1
