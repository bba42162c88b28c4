"""What was done and what was seen, one line each, with the time."""

import threading
import time
from collections.abc import Callable

_MOST_DEFECTS = 50


class Journal:
    """A timeline, written as it happens, from all threads.

    Args:
        write: takes a line.

    Attributes:
        unforeseen: how often something happened besides the answers that should not have.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._defects = 0
        self.unforeseen = 0

    @property
    def elapsed_seconds(self) -> float:
        """How long it has been written."""
        return time.monotonic() - self._began

    def tell(self, text: str) -> None:
        """Write a line."""
        with self._lock:
            self._write(f"{self.elapsed_seconds:7.1f} s  {text}")

    def note_defect(self, text: str) -> None:
        """Write a line of a defect that is counted elsewhere; of very many only the first."""
        self._defects += 1
        if self._defects <= _MOST_DEFECTS:
            self.tell(f"DEFECT: {text}")

    def note_unforeseen(self, text: str) -> None:
        """Write a line of something that should not have happened, and count it."""
        self.unforeseen += 1
        self.note_defect(text)
