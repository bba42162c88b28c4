"""Writes beside the event loop what the event loop has to say."""

import threading
from collections.abc import Callable
from functools import partial
from queue import Full, Queue
from typing import Generic, TypeVar

Item = TypeVar("Item")

# Some seconds of a busy server, and some megabytes.
CAPACITY = 10_000
# How long what was said may take to be written at the end.
LAST_WORDS_SECONDS = 5.0


class BackgroundWriter(Generic[Item]):
    """Writes items in a thread, in the order in which they come. What cannot be written is counted, and is lost.

    The queue is this one's own, and not `logging.handlers.QueueListener`, because the audit log's items are no log
    records, because losses have to be counted, and because a full queue must not keep it from ending.

    Args:
        what: what it writes, such as "the log x.jsonl".
        write: writes an item, and how many were lost since the last one was written; without an item only that.
        capacity: items that may wait.

    Attributes:
        problem: why items are being lost, and what to do; None: the last one was written.
    """

    def __init__(self, what: str, write: Callable[[Item | None, int], None], capacity: int = CAPACITY) -> None:
        self.problem: str | None = None
        self._what = what
        self._write = write
        self._lost = 0
        # Unlike those above these are never taken back: what is written between two losses must not hide them.
        self._ever_lost = 0
        self._lost_at_last_check = 0
        self._last_problem: str | None = None
        self._counting = threading.Lock()
        self._waiting: Queue[Callable[[], None] | None] = Queue(capacity)
        self._thread = threading.Thread(target=self._run, name=f"writer of {what}", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Have an item written. Never waits and never fails."""
        try:
            self._waiting.put_nowait(partial(self._try, item))
        except Full:
            self._lose(1, "more comes than its disk takes; look at the disk")

    def check(self, seconds: float) -> str | None:
        """Wait until what was said is written, try to write if that failed before, and return the problem; blocks.

        That something was lost since the last check is a problem too, even if what came later is written.
        """
        if self.problem is not None:
            self._tell(partial(self._try, None), seconds)
        if not self.flush(seconds):
            self._lose(0, "its disk does not answer; look at the disk")
        with self._counting:
            has_lost = self._ever_lost > self._lost_at_last_check
            self._lost_at_last_check = self._ever_lost
            return self.problem or (self._last_problem if has_lost else None)

    def flush(self, seconds: float) -> bool:
        """Wait until what was said is written, or lost; return whether it is. Blocks, but not longer than that."""
        done = threading.Event()
        return self._tell(done.set, seconds) and done.wait(seconds)

    def close(self) -> None:
        """Write what was said, and end."""
        self._tell(None, LAST_WORDS_SECONDS)
        self._thread.join(LAST_WORDS_SECONDS)

    def _tell(self, task: Callable[[], None] | None, seconds: float) -> bool:
        if not self._thread.is_alive():
            return False
        try:
            self._waiting.put(task, timeout=seconds)
        except Full:
            return False
        return True

    def _run(self) -> None:
        while (task := self._waiting.get()) is not None:
            task()

    def _try(self, item: Item | None) -> None:
        lost = self._lost
        try:
            self._write(item, lost)
        except OSError as error:
            self._lose(item is not None, f"{error.strerror}; make room, or mend it, and it goes on by itself")
        except Exception as error:  # noqa: BLE001 - a writer that is gone would be worse, and nobody hears of it here
            self._lose(item is not None, f"{type(error).__name__}, which nobody foresaw; report it")
        else:
            self._lose(-lost, None)

    def _lose(self, count: int, reason: str | None) -> None:
        with self._counting:
            self._lost += count
            self._ever_lost += max(0, count)
            self.problem = None if reason is None else f"{self._what} cannot be written: {reason}"
            self._last_problem = self.problem or self._last_problem
