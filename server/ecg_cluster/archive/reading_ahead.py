"""Reads while others compute: what several threads have read, in whatever order it comes."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

Source = TypeVar("Source")
Item = TypeVar("Item")


def read_ahead(
    sources: Iterable[Source], read: Callable[[Source], Iterable[Item]], threads: int, ahead: int
) -> Iterator[Item]:
    """Yield what is read of each source, in the order in which it comes.

    Args:
        sources: each is taken by one of the threads.
        read: reads one; what it raises is raised here, and ends the others.
        threads: how many read at once.
        ahead: how much may have been read that nobody has taken yet.
    """
    reading = _Reading(iter(sources), read, threads, ahead)
    try:
        yield from reading.items()
    finally:
        reading.stop()


class _Reading(Generic[Source, Item]):
    def __init__(
        self, sources: Iterator[Source], read: Callable[[Source], Iterable[Item]], threads: int, ahead: int
    ) -> None:
        self._sources, self._read = sources, read
        self._lock = threading.Lock()
        self._is_stopped = False
        # An item, an error, or None where a thread has come to its end.
        self._queue: queue.Queue[tuple[Item] | BaseException | None] = queue.Queue(ahead)
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def items(self) -> Iterator[Item]:
        remaining = len(self._threads)
        while remaining:
            match self._queue.get():
                case None:
                    remaining -= 1
                case BaseException() as error:
                    raise error
                case (item,):
                    yield item

    def stop(self) -> None:
        self._is_stopped = True
        # Whoever waits for room gets it, and then sees that nobody wants more.
        while any(thread.is_alive() for thread in self._threads):
            try:
                self._queue.get(timeout=0.01)
            except queue.Empty:
                continue

    def _run(self) -> None:
        try:
            while (source := self._next()) is not None:
                for item in self._read(source[0]):
                    self._queue.put((item,))
                    if self._is_stopped:
                        return
            self._queue.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the items are taken
            self._queue.put(error)

    def _next(self) -> tuple[Source] | None:
        with self._lock:
            return None if self._is_stopped else next(((source,) for source in self._sources), None)
