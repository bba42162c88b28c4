"""One long stream, and the memory of both its ends. Run in a process of its own."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from benchmarks.answers import AnswerKey
from benchmarks.calls import probabilities
from benchmarks.measurement import Metrics
from benchmarks.processes import RunningServer, memory
from benchmarks.recordings import DISTINCT, endlessly, recordings
from ecg_client import EcgClient, Recording

# The goal is about growth after so many recordings; every so many, memory is read again.
FIRST = 10_000


@dataclass(frozen=True, slots=True)
class LongStream:
    """One stream.

    Attributes:
        server: where to.
        answers: what the server has to answer.
        recordings: how many recordings to send.
    """

    server: RunningServer
    answers: AnswerKey
    recordings: int


def watch_memory(stream: LongStream) -> Metrics:
    """Send a stream; return what memory each end had after the first recordings and how far it grew from there.

    Growth is to the highest reading after the first, in percent: what is given back at the end does not count for it.
    """
    every = min(FIRST, stream.recordings // 2)
    server, client = [], []
    started = time.monotonic()
    with EcgClient(stream.server.address) as connection:
        for result in connection.predict_stream(_source(stream.recordings)):
            if result.prediction is None:
                raise ValueError(f"recording {result.sequence_number}: {result.error}")
            stream.answers.check(result.sequence_number % DISTINCT, probabilities(result.prediction))
            if (result.sequence_number + 1) % every == 0:
                server.append(memory(stream.server.pid).rss)
                client.append(memory(os.getpid()).rss)
    return {
        "recordings": stream.recordings,
        "recordings_per_s": stream.recordings / (time.monotonic() - started),
        "first_reading_at": every,
        "server_rss_first_mb": server[0],
        "server_rss_highest_mb": max(server[1:]),
        "server_growth_percent": 100 * (max(server[1:]) / server[0] - 1),
        "client_growth_percent": 100 * (max(client[1:]) / client[0] - 1),
    } | {f"server_rss_mb_at_{every * (index + 1)}": reading for index, reading in enumerate(server)}


def _source(count: int) -> Iterator[Recording]:
    return (recording for _, recording in islice(endlessly(recordings()), count))
