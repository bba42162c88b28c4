"""Clients that call a server once for each recording. Run in processes of their own."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from benchmarks.answers import AnswerKey, classifier, network_inputs
from benchmarks.measurement import Measurement, Window, Work, measured
from benchmarks.processes import RunningServer
from benchmarks.recordings import NATIVE_RATE_HZ, SampleKind, endlessly, recordings
from ecg_client import AsyncEcgClient, EcgClient, Prediction, Recording
from ecg_model.loading import Runtime
from ecg_model.manifest import DIAGNOSTIC_CLASSES

TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a client does to a server.

    Attributes:
        server: the server.
        answers: what it has to answer.
        window: when to measure.
        concurrency: callers, or streams, at the same time.
        kind: what the samples sent are.
        sample_rate_hz: the rate of the recordings sent.
    """

    server: RunningServer
    answers: AnswerKey
    window: Window
    concurrency: int = 1
    kind: SampleKind = SampleKind.INT16
    sample_rate_hz: float = NATIVE_RATE_HZ


def call_async(load: Load) -> Measurement:
    """Call with `AsyncEcgClient`: all callers in one event loop, over one connection."""
    with asyncio.Runner() as runner:
        client = runner.run(_connected(load.server.address))
        try:
            return measured(lambda seconds: runner.run(_callers(client, load, seconds)), load.window, load.server.pid)
        finally:
            runner.run(client.close())


def call_blocking(load: Load) -> Measurement:
    """Call with `EcgClient`, one caller."""
    return call_again(load, recordings(load.kind))


def call_again(load: Load, sent: tuple[Recording, ...]) -> Measurement:
    """Send these recordings again and again with `EcgClient`, one caller."""

    def call(seconds: float) -> Work:
        ends = time.monotonic() + seconds
        latencies = []
        for index, recording in endlessly(sent):
            started = time.perf_counter()
            load.answers.check(index, probabilities(client.predict(recording)))
            latencies.append(1000 * (time.perf_counter() - started))
            if time.monotonic() >= ends:
                break
        return Work(len(latencies), tuple(latencies))

    with EcgClient(load.server.address, timeout_s=TIMEOUT_SECONDS) as client:
        return measured(call, load.window, load.server.pid)


def call_http(load: Load, model: str) -> Measurement:
    """Call the original web service: each caller in a thread, with a connection of its own that is kept open.

    The requests are written beforehand, so that this client costs as little as it can.
    """
    inputs = zip(*network_inputs(classifier(model, Runtime.ONNX, 1)), strict=True)
    bodies = [json.dumps({"X": metadata.tolist(), "Y": signal.tolist()}) for metadata, signal in inputs]
    return post(load, "/predict", bodies, lambda answer: [answer[code] for code in DIAGNOSTIC_CLASSES])


def post(
    load: Load, path: str, bodies: Sequence[str | bytes], probabilities_of: Callable[[Any], list[float]]
) -> Measurement:
    """Send these bodies again and again, each caller in a thread, with a connection of its own that is kept open."""

    def call(seconds: float) -> Work:
        ends = time.monotonic() + seconds
        connection = HTTPConnection(load.server.address, timeout=TIMEOUT_SECONDS)
        latencies: list[float] = []
        while not latencies or time.monotonic() < ends:
            index = len(latencies) % len(bodies)
            started = time.perf_counter()
            connection.request("POST", path, bodies[index], {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
            load.answers.check(index, probabilities_of(answer))
            latencies.append(1000 * (time.perf_counter() - started))
        connection.close()
        return Work(len(latencies), tuple(latencies))

    with ThreadPoolExecutor(load.concurrency) as threads:
        return measured(
            lambda seconds: Work.together(list(threads.map(call, [seconds] * load.concurrency))),
            load.window,
            load.server.pid,
        )


def probabilities(prediction: Prediction) -> list[float]:
    """Return a prediction's probabilities, in the order of its classes."""
    return [one.probability for one in prediction.classes]


async def _connected(address: str) -> AsyncEcgClient:
    return AsyncEcgClient(address, timeout_s=TIMEOUT_SECONDS)


async def _callers(client: AsyncEcgClient, load: Load, seconds: float) -> Work:
    ends = time.monotonic() + seconds
    source = endlessly(recordings(load.kind))

    async def call() -> list[float]:
        latencies: list[float] = []
        while not latencies or time.monotonic() < ends:
            index, recording = next(source)
            started = time.perf_counter()
            prediction = await client.predict(recording)
            load.answers.check(index, probabilities(prediction))
            latencies.append(1000 * (time.perf_counter() - started))
        return latencies

    each = await asyncio.gather(*(call() for _ in range(load.concurrency)))
    latencies = tuple(latency for one in each for latency in one)
    return Work(len(latencies), latencies)
