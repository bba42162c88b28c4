"""A client that writes each answer down as it comes, and goes on where it was stopped.

    python -m ecg_testing.writing_client ADDRESS FILE COUNT sync|async

A line is the recording's number and its probabilities. COUNT is the number of lines with which it ends.
"""

import asyncio
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ecg_client import AsyncEcgClient, EcgClient, Recording, RecordingResult
from ecg_client.formats.synthetic import generate_recording
from ecg_testing.exactly_once import KnownAnswers


def main(address: str, file: str, count: str, kind: str) -> None:
    """Stream what has no line yet."""
    path = Path(file)
    known = KnownAnswers([generate_recording(index) for index in range(16)], np.empty(0))
    first = len(read_lines(path))
    rest = itertools.islice(known.numbered(first), int(count) - first)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    if kind == "async":
        asyncio.run(_write_async(address, rest, descriptor))
    else:
        with EcgClient(address) as client:
            for result in client.predict_stream(rest):
                _write(result, descriptor)


def read_lines(path: Path) -> list[tuple[int, list[float]]]:
    """Return what was written down: numbers with their probabilities."""
    if not path.exists():
        return []
    lines = (line.split() for line in path.read_text().splitlines())
    return [(int(number), [float(text) for text in probabilities]) for number, *probabilities in lines]


async def _write_async(address: str, recordings: Iterator[Recording], descriptor: int) -> None:
    async with AsyncEcgClient(address) as client:
        async for result in client.predict_stream(recordings):
            _write(result, descriptor)


def _write(result: RecordingResult, descriptor: int) -> None:
    classes = () if result.prediction is None else result.prediction.classes
    # One write, so that there is a line or none.
    os.write(descriptor, " ".join([result.recording_id, *(repr(one.probability) for one in classes)]).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
