"""A batcher alone, with recordings that are numbers."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np

from ecg_model.classifier import Prediction, StageTimes
from ecg_model.errors import InvalidRecordingError, RefusalReason, refusal
from ecg_model.recording import LeadName, Recording
from ecg_server.batching import Batcher, Caller, Outcome
from ecg_server.settings import BatchingSettings

RECORDING_BYTES = 4


def recording(number: int) -> Recording:
    """Return a recording of one sample, which is its number."""
    return Recording(np.full((1, 1), number, dtype=np.float32), 100, (LeadName.I,))


def number_of(one: Recording) -> int:
    """Return the number of a recording."""
    return int(one.signal[0, 0])


class Numbers:
    """A classifier whose probability is the recording's number; 13 breaks its batch, 14 is refused.

    Attributes:
        batches: the numbers of each batch, in the order in which they were begun.
        gate: closed by clearing it.
        entered: set as soon as a batch has been begun.
    """

    def __init__(self, *, is_open: bool = True) -> None:
        self.batches: list[list[int]] = []
        self.entered = threading.Event()
        self.gate = threading.Event()
        if is_open:
            self.gate.set()

    def classify_timed(
        self, recordings: Sequence[Recording]
    ) -> tuple[list[Prediction | InvalidRecordingError], StageTimes]:
        """Classify a batch once the gate is open, in no time."""
        numbers = [number_of(one) for one in recordings]
        self.batches.append(numbers)
        self.entered.set()
        if not self.gate.wait(timeout=60):
            raise TimeoutError("nobody opened the gate")
        if 13 in numbers:
            raise RuntimeError("13")
        refused = refusal(RefusalReason.LEAD_MISSING, "lead_names", "14")
        outcomes = [refused if number == 14 else Prediction((float(number),), ()) for number in numbers]
        return outcomes, StageTimes(0.0, 0.0)

    def window_count(self, recording: Recording) -> int:
        """Return as many windows as there are hundreds in a recording's number, or one."""
        return max(1, number_of(recording) // 100)


@asynccontextmanager
async def batching(
    classify: Numbers, *, largest_batch: int = 4, runs: int = 1, queue_windows: int = 100, queue_bytes: int = 4000
) -> AsyncIterator[Batcher]:
    """Run a batcher whose gate opens at the end, and finish all of it."""
    batcher = Batcher(
        BatchingSettings(largest_batch=largest_batch, runs=runs, queue_windows=queue_windows, queue_bytes=queue_bytes)
    )
    try:
        yield batcher
    finally:
        classify.gate.set()
        await batcher.close()


async def begun(classify: Numbers, batcher: Batcher, number: int = 0) -> asyncio.Future[Outcome]:
    """Submit a recording and wait until its batch stands before the closed gate."""
    outcome = batcher.submit(recording(number), Caller(classify))
    if not await asyncio.to_thread(classify.entered.wait, 60):
        raise TimeoutError("no batch was begun")
    return outcome
