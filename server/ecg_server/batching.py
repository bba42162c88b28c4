"""Gathers recordings from all calls and streams into batches, and runs the classifier on them in threads.

A worker thread takes what waits as soon as it is free, up to the largest batch: nobody waits for a batch to fill, and
batches grow by themselves under load. Each caller has a queue of its own and the queues are served in turn, one
recording at a time, so that a heavy stream does not keep out a single call; ten minutes are one recording, and keep a
thread busy for a while. The queues together are bounded, in windows of recordings and in bytes. What nobody waits for
any more leaves the queue without being computed.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ecg_model.classifier import Prediction
from ecg_model.errors import InvalidRecordingError
from ecg_model.recording import Recording
from ecg_server.errors import ClassificationFailedError, DeadlinePassedError, QueueFullError, ShuttingDownError
from ecg_server.settings import BatchingSettings

# An error is a value here: it concerns one recording, and who waits for that recording decides how to report it.
Outcome = Prediction | Exception
Classify = Callable[[Sequence[Recording]], Sequence[Prediction | InvalidRecordingError]]

# Streams wait for room where single calls are refused, so they leave some: of the queue they fill this share.
STREAM_SHARE = 0.75

# Long enough that a refused caller does not come back to the same full queue: it holds a second or two of work.
RETRY_AFTER_SECONDS = 0.5

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class BatchingCounts:
    """What a batcher did since it was made.

    Attributes:
        batches: runs of the classifier.
        recordings: recordings in those runs.
        dropped: recordings that left the queue because nobody waited for them any more.
        computed_after_deadline: recordings whose deadline had passed when their run began; stays 0.
    """

    batches: int = 0
    recordings: int = 0
    dropped: int = 0
    computed_after_deadline: int = 0


@dataclass(slots=True, eq=False)
class _Waiting:
    """A recording in the queue, and who waits for it until when (on the clock of `time.monotonic`)."""

    recording: Recording
    windows: int
    outcome: asyncio.Future[Outcome]
    deadline: float

    def is_wanted(self, now: float) -> bool:
        return self.deadline > now and not self.outcome.done()


class Caller:
    """One call or stream, as the batcher sees it.

    Args:
        deadline: when it stops waiting, on the clock of `time.monotonic`.
    """

    __slots__ = ("deadline", "queue")

    def __init__(self, deadline: float = float("inf")) -> None:
        self.deadline = deadline
        self.queue: deque[_Waiting] = deque()


class Batcher:
    """Runs a classifier on batches filled from all callers. Used from one event loop.

    Args:
        classify: takes a batch and gives one outcome for each recording; called in threads.
        settings: how batches are filled and what may wait.
        window_count: tells in how many windows the network sees a recording: what it costs.
    """

    def __init__(
        self,
        classify: Classify,
        settings: BatchingSettings,
        window_count: Callable[[Recording], int],
    ) -> None:
        self.counts = BatchingCounts()
        self._classify = classify
        self._window_count = window_count
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._changed = threading.Condition()
        self._turns: deque[Caller] = deque()
        self._windows = 0
        self._bytes = 0
        self._room: asyncio.Future[None] | None = None
        self._is_closed = False
        self._threads = ThreadPoolExecutor(settings.runs, thread_name_prefix="network")
        self._runs = [self._threads.submit(self._work) for _ in range(settings.runs)]

    def submit(self, recording: Recording, caller: Caller) -> asyncio.Future[Outcome]:
        """Return what will hold a recording's outcome.

        Once it is cancelled the recording is not computed; it counts as waiting until its turn would have come.

        Raises:
            QueueFullError: as many windows or bytes wait as may.
            ShuttingDownError: the batcher is closed.
        """
        if not self._has_room(recording):
            raise QueueFullError(RETRY_AFTER_SECONDS)
        return self._put(recording, caller)

    async def submit_when_room(self, recording: Recording, caller: Caller) -> asyncio.Future[Outcome]:
        """Like `submit`, but wait for room: this slows a stream down where a single call is refused."""
        while not self._has_room(recording, STREAM_SHARE):
            if self._room is None:
                self._room = self._loop.create_future()
            await asyncio.shield(self._room)
        return self._put(recording, caller)

    async def close(self) -> None:
        """Finish what waits and stop the threads."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        await asyncio.gather(*map(asyncio.wrap_future, self._runs))
        self._threads.shutdown()

    def _has_room(self, recording: Recording, share: float = 1.0) -> bool:
        # An empty queue takes any recording, or one larger than the queue could never be classified.
        return self._windows == 0 or (
            self._windows < share * self._settings.queue_windows
            and self._bytes + recording.signal.nbytes <= share * self._settings.queue_bytes
        )

    def _put(self, recording: Recording, caller: Caller) -> asyncio.Future[Outcome]:
        waiting = _Waiting(recording, self._window_count(recording), self._loop.create_future(), caller.deadline)
        with self._changed:
            if self._is_closed:
                raise ShuttingDownError
            caller.queue.append(waiting)
            if len(caller.queue) == 1:
                self._turns.append(caller)
            self._windows += waiting.windows
            self._bytes += recording.signal.nbytes
            self._changed.notify()
        return waiting.outcome

    def _work(self) -> None:
        while (batch := self._take_batch()) is not None:
            self._loop.call_soon_threadsafe(self._deliver, batch, self._outcomes(batch))

    def _outcomes(self, batch: Sequence[_Waiting]) -> Sequence[Outcome]:
        if not batch:
            return []
        now = time.monotonic()
        self.counts.computed_after_deadline += sum(waiting.deadline <= now for waiting in batch)
        try:
            outcomes = self._classify([waiting.recording for waiting in batch])
            # Strict, so that too few or too many outcomes fail here, and nobody waits for one that never comes.
            return [outcome for _, outcome in zip(batch, outcomes, strict=True)]
        except Exception:
            logger.exception("a batch of %d recordings could not be classified", len(batch))
            return [ClassificationFailedError() for _ in batch]

    def _take_batch(self) -> list[_Waiting] | None:
        """Return the next batch, waiting for one; None when the batcher is closed and all is done."""
        with self._changed:
            while not self._turns:
                if self._is_closed:
                    return None
                self._changed.wait()
            return self._fill_batch()

    def _fill_batch(self) -> list[_Waiting]:
        now = time.monotonic()
        batch: list[_Waiting] = []
        unwanted: list[_Waiting] = []
        room = self._settings.largest_batch
        # What is longer than a whole batch has one to itself.
        while self._turns and (not batch or self._turns[0].queue[0].windows <= room):
            waiting = self._take_next()
            if waiting.is_wanted(now):
                batch.append(waiting)
                room -= waiting.windows
            else:
                unwanted.append(waiting)
        if unwanted:
            self._loop.call_soon_threadsafe(self._deliver, unwanted, [DeadlinePassedError()] * len(unwanted))
        self.counts.batches += bool(batch)
        self.counts.recordings += len(batch)
        self.counts.dropped += len(unwanted)
        return batch

    def _take_next(self) -> _Waiting:
        caller = self._turns.popleft()
        waiting = caller.queue.popleft()
        if caller.queue:
            self._turns.append(caller)
        self._windows -= waiting.windows
        self._bytes -= waiting.recording.signal.nbytes
        return waiting

    def _deliver(self, batch: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if not waiting.outcome.done():
                waiting.outcome.set_result(outcome)
        self._announce_room()

    def _announce_room(self) -> None:
        if self._room is not None:
            self._room.set_result(None)
            self._room = None
