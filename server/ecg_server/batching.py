"""Gathers recordings from all calls and streams into batches, and runs the classifier on them in threads.

A worker thread takes what waits as soon as it is free, up to the largest batch: nobody waits for a batch to fill, and
batches grow by themselves under load. Each caller has a queue of its own and the queues are served in turn, one
recording at a time, so that a heavy stream does not keep out a single call; ten minutes are one recording, and keep a
thread busy for a while. A batch is of one model; models that have something waiting are served in turn too. The queues
together are bounded, in windows of recordings and in bytes. What nobody waits for any more leaves the queue without
being computed.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from ecg_model.classifier import Prediction, StageTimes
from ecg_model.errors import InvalidRecordingError
from ecg_model.recording import Recording
from ecg_server.call import Call
from ecg_server.errors import ClassificationFailedError, DeadlinePassedError, QueueFullError, ShuttingDownError
from ecg_server.settings import BatchingSettings
from ecg_server.telemetry.observer import Observer

# An error is a value here: it concerns one recording, and who waits for that recording decides how to report it.
Outcome = Prediction | Exception

# Streams wait for room where single calls are refused, so they leave some: of the queue they fill this share.
STREAM_SHARE = 0.75

# Single calls begin while no more than this share is filled: the rest is for those that have begun together with them.
ENTRY_SHARE = 0.9

# Long enough that a refused caller does not come back to the same full queue: it holds a second or two of work.
RETRY_AFTER_SECONDS = 0.5

logger = logging.getLogger(__name__)


class Model(Protocol):
    """What batches are of. Two are the same when they are the same object."""

    def classify_timed(
        self, recordings: Sequence[Recording], /
    ) -> tuple[Sequence[Prediction | InvalidRecordingError], StageTimes]:
        """Return one outcome for each recording, and how long it took; called in threads, in several at once."""

    def window_count(self, recording: Recording, /) -> int:
        """Return in how many windows the network sees a recording: what it costs."""


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


@dataclass(frozen=True, slots=True)
class QueueSize:
    """What waits.

    Attributes:
        recordings: how many.
        windows: of theirs.
        byte_count: of their signals.
    """

    recordings: int
    windows: int
    byte_count: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the classifier on a batch.

    Attributes:
        calls: whose recordings they were, one call for each recording.
        queued_seconds: how long each of them waited for it.
        windows: of all of them.
        began: when it did, on the clock of `time.monotonic`.
        times: how long it took.
    """

    calls: Sequence[Call]
    queued_seconds: Sequence[float]
    windows: int
    began: float
    times: StageTimes


@dataclass(slots=True, eq=False)
class _Waiting:
    """A recording in the queue, and who waits for it since when and until when (on the clock of `time.monotonic`)."""

    recording: Recording
    windows: int
    outcome: asyncio.Future[Outcome]
    call: Call
    since: float
    deadline: float

    def is_wanted(self, now: float) -> bool:
        return self.deadline > now and not self.outcome.done()


@dataclass(slots=True, eq=False)
class Caller:
    """One call or stream, as the batcher sees it.

    Attributes:
        model: what classifies its recordings.
        deadline: when it stops waiting, on the clock of `time.monotonic`.
        call: what is written down of it: its recordings' times are added there.
    """

    model: Model
    deadline: float = float("inf")
    call: Call = field(default_factory=Call)
    queue: deque[_Waiting] = field(default_factory=deque)


class Batcher:
    """Runs models on batches filled from all callers. Used from one event loop.

    Args:
        settings: how batches are filled and what may wait.
        observers: who is told of every run.
    """

    def __init__(self, settings: BatchingSettings, observers: Sequence[Observer] = ()) -> None:
        self.counts = BatchingCounts()
        self._settings = settings
        self._observers = observers
        self._loop = asyncio.get_running_loop()
        self._changed = threading.Condition()
        # Whose turn it is next, of each model that has something waiting; the model whose turn it is comes first.
        self._turns: dict[Model, deque[Caller]] = {}
        self._windows = 0
        self._bytes = 0
        self._room: asyncio.Future[None] | None = None
        self._is_closed = False
        self._threads = ThreadPoolExecutor(settings.runs, thread_name_prefix="network")
        self._began: list[float | None] = [None] * settings.runs
        self._runs = [self._threads.submit(self._work, run) for run in range(settings.runs)]

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

    def is_full(self) -> bool:
        """Return whether it is too late for a single call to begin sending its recording."""
        return self._windows > 0 and not self._has_room_for(0, ENTRY_SHARE)

    def queue_size(self) -> QueueSize:
        """Return what waits; may be asked from any thread."""
        with self._changed:
            recordings = sum(len(caller.queue) for turns in self._turns.values() for caller in turns)
            return QueueSize(recordings, self._windows, self._bytes)

    def longest_run_seconds(self) -> float:
        """Return for how long the oldest batch that is being computed has been; 0 when there is none."""
        began = [moment for moment in self._began if moment is not None]
        return time.monotonic() - min(began) if began else 0.0

    async def close(self) -> None:
        """Finish what waits and stop the threads."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        await asyncio.gather(*map(asyncio.wrap_future, self._runs))
        self._threads.shutdown()

    def _has_room(self, recording: Recording, share: float = 1.0) -> bool:
        # An empty queue takes any recording, or one larger than the queue could never be classified.
        return self._windows == 0 or self._has_room_for(recording.signal.nbytes, share)

    def _has_room_for(self, byte_count: int, share: float) -> bool:
        return (
            self._windows < share * self._settings.queue_windows
            and self._bytes + byte_count <= share * self._settings.queue_bytes
        )

    def _put(self, recording: Recording, caller: Caller) -> asyncio.Future[Outcome]:
        windows, outcome = caller.model.window_count(recording), self._loop.create_future()
        waiting = _Waiting(recording, windows, outcome, caller.call, time.monotonic(), caller.deadline)
        with self._changed:
            if self._is_closed:
                raise ShuttingDownError
            caller.queue.append(waiting)
            if len(caller.queue) == 1:
                self._turns.setdefault(caller.model, deque()).append(caller)
            self._windows += waiting.windows
            self._bytes += recording.signal.nbytes
            self._changed.notify()
        return waiting.outcome

    def _work(self, run: int) -> None:
        while (taken := self._take_batch()) is not None:
            model, batch = taken
            self._began[run] = began = time.monotonic()
            batch = self._still_wanted(batch, began)
            outcomes, times = self._outcomes(model, batch, began)
            self._began[run] = None
            self._loop.call_soon_threadsafe(self._finish, batch, outcomes, began, time.monotonic(), times)

    def _still_wanted(self, batch: list[_Waiting], now: float) -> list[_Waiting]:
        """Return what of a batch is not late yet: on a busy machine a while may have passed since it was filled."""
        late = [waiting for waiting in batch if waiting.deadline <= now]
        if late:
            with self._changed:
                self.counts.recordings -= len(late)
                self.counts.dropped += len(late)
            self._loop.call_soon_threadsafe(self._deliver, late, [DeadlinePassedError()] * len(late), now, now)
        return [waiting for waiting in batch if waiting.deadline > now]

    def _outcomes(
        self, model: Model, batch: Sequence[_Waiting], now: float
    ) -> tuple[Sequence[Outcome], StageTimes | None]:
        """Return an outcome for each of a batch, and how long it took; None: it was empty, or failed."""
        if not batch:
            return [], None
        self.counts.computed_after_deadline += sum(waiting.deadline <= now for waiting in batch)
        try:
            outcomes, times = model.classify_timed([waiting.recording for waiting in batch])
            # Strict, so that too few or too many outcomes fail here, and nobody waits for one that never comes.
            return [outcome for _, outcome in zip(batch, outcomes, strict=True)], times
        except Exception:
            logger.exception("a batch of %d recordings could not be classified", len(batch))
            return [ClassificationFailedError() for _ in batch], None

    def _take_batch(self) -> tuple[Model, list[_Waiting]] | None:
        """Return the next batch and its model, waiting for one; None when the batcher is closed and all is done."""
        with self._changed:
            while not self._turns:
                if self._is_closed:
                    return None
                self._changed.wait()
            model = next(iter(self._turns))
            turns = self._turns.pop(model)
            batch = self._fill_batch(turns)
            if turns:
                self._turns[model] = turns
            return model, batch

    def _fill_batch(self, turns: deque[Caller]) -> list[_Waiting]:
        now = time.monotonic()
        batch: list[_Waiting] = []
        unwanted: list[_Waiting] = []
        room = self._settings.largest_batch
        # What is longer than a whole batch has one to itself.
        while turns and (not batch or turns[0].queue[0].windows <= room):
            waiting = self._take_next(turns)
            if waiting.is_wanted(now):
                batch.append(waiting)
                room -= waiting.windows
            else:
                unwanted.append(waiting)
        if unwanted:
            late = [DeadlinePassedError()] * len(unwanted)
            self._loop.call_soon_threadsafe(self._deliver, unwanted, late, now, now)
        self.counts.batches += bool(batch)
        self.counts.recordings += len(batch)
        self.counts.dropped += len(unwanted)
        return batch

    def _take_next(self, turns: deque[Caller]) -> _Waiting:
        caller = turns.popleft()
        waiting = caller.queue.popleft()
        if caller.queue:
            turns.append(caller)
        self._windows -= waiting.windows
        self._bytes -= waiting.recording.signal.nbytes
        return waiting

    def _finish(
        self,
        batch: Sequence[_Waiting],
        outcomes: Sequence[Outcome],
        began: float,
        ended: float,
        times: StageTimes | None,
    ) -> None:
        if times is not None and self._observers:
            run = Run(
                calls=[waiting.call for waiting in batch],
                queued_seconds=[began - waiting.since for waiting in batch],
                windows=sum(waiting.windows for waiting in batch),
                began=began,
                times=times,
            )
            for observer in self._observers:
                observer.run_ended(run)
        self._deliver(batch, outcomes, began, ended)

    def _deliver(self, batch: Sequence[_Waiting], outcomes: Sequence[Outcome], began: float, ended: float) -> None:
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.call.queued_seconds += began - waiting.since
            waiting.call.computed_seconds += (ended - began) / len(batch)
            if not waiting.outcome.done():
                waiting.outcome.set_result(outcome)
        self._announce_room()

    def _announce_room(self) -> None:
        if self._room is not None:
            self._room.set_result(None)
            self._room = None
