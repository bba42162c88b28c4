"""Computes explanations beside the batches of predictions, few at once.

An explanation is dozens of runs of the network, for one caller. They have threads of their own, which on Linux give way
to all others: what predictions leave of the processor is theirs, and where nothing is asked for they have all of it.
Whoever comes when all threads are busy waits, and when many wait already is refused. Between two runs it is looked
whether the caller still waits.
"""

import asyncio
import logging
import os
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from ecg_model.classifier import Classifier
from ecg_model.errors import EcgModelError
from ecg_model.explanation.choices import Choices
from ecg_model.explanation.explaining import explain
from ecg_model.explanation.explanation import Explanation
from ecg_model.recording import Recording
from ecg_server.call import Call
from ecg_server.errors import ClassificationFailedError, DeadlinePassedError, ExplanationsFullError
from ecg_server.settings import ExplanationSettings

# For each that is computed so many may wait.
WAITING_FOR_EACH = 8

# What an explanation of ten seconds takes on a machine that has other things to do.
RETRY_AFTER_SECONDS = 1.0

# Of 0 to 19: with this a thread gets about a tenth of what another gets that wants as much.
NICENESS = 10

logger = logging.getLogger(__name__)


class Explainer:
    """Explains recordings. Used from one event loop.

    Args:
        settings: how many at once, and what one may cost.
    """

    def __init__(self, settings: ExplanationSettings) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(settings.at_once, thread_name_prefix="explanation", initializer=_give_way)
        # Turns are waited for here and not in the threads' own queue: that would keep the recordings of those who have
        # gone until a thread comes to them, however many that are.
        self._turns = asyncio.Semaphore(settings.at_once)
        self._waiting = 0

    def refuse_when_full(self) -> None:
        """Check that one more may wait: worth asking before a recording is decoded for nothing.

        Raises:
            ExplanationsFullError: too many wait already.
        """
        if self._waiting >= self._settings.at_once * WAITING_FOR_EACH:
            raise ExplanationsFullError(RETRY_AFTER_SECONDS)

    async def explain(
        self, classifier: Classifier, recording: Recording, choices: Choices, seconds: float | None, call: Call
    ) -> Explanation:
        """Return an explanation.

        Args:
            classifier: what is asked.
            recording: the recording.
            choices: what is wanted to know.
            seconds: how long the caller waits; None: as long as it takes.
            call: what is written down of it: the times are added there.

        Raises:
            ExplanationsFullError: too many wait already.
            DeadlinePassedError: the caller has waited so long.
            ClassificationFailedError: it failed for a reason nobody foresaw.
            EcgModelError: it cannot be explained, as `ecg_model.explanation.explaining` says.
        """
        work = _Work(classifier, recording, choices, self._settings.most_windows, call)
        try:
            async with asyncio.timeout(seconds):
                await self._turn(call)
                return await asyncio.wrap_future(self._begin(work))
        except TimeoutError:
            raise DeadlinePassedError from None
        finally:
            work.is_given_up.set()

    async def _turn(self, call: Call) -> None:
        """Wait until a thread is free."""
        self.refuse_when_full()
        self._waiting += 1
        since = time.monotonic()
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
            call.queued_seconds += time.monotonic() - since

    def _begin(self, work: "_Work") -> "Future[Explanation]":
        """Have a free thread explain; it is free again when it is done, also with what was given up meanwhile."""
        begun = self._threads.submit(work.explanation)
        begun.add_done_callback(lambda _: self._loop.call_soon_threadsafe(self._turns.release))
        return begun

    async def close(self) -> None:
        """Finish what has begun and stop the threads."""
        await asyncio.to_thread(self._threads.shutdown)


@dataclass(frozen=True, slots=True)
class _Work:
    """One explanation."""

    classifier: Classifier
    recording: Recording
    choices: Choices
    most_windows: int
    call: Call
    is_given_up: threading.Event = field(default_factory=threading.Event)

    def explanation(self) -> Explanation:
        began = time.monotonic()
        try:
            return explain(self.classifier, self.recording, self.choices, self.most_windows, self._check)
        except (EcgModelError, _GivenUpError):
            raise
        except Exception:
            logger.exception("a recording could not be explained")
            raise ClassificationFailedError from None
        finally:
            self.call.computed_seconds += time.monotonic() - began

    def _check(self) -> None:
        if self.is_given_up.is_set():
            raise _GivenUpError


class _GivenUpError(Exception):
    """Nobody waits for it any more, nor for this error."""


def _give_way() -> None:
    """Let all other threads go before this one, where that can be said of a thread."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        # Where a sandbox forbids it, explanations do without: a thread that fails here would end all of them.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS))
