"""Files that are read again once they have changed. Whoever asks has a look; no thread watches them."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from ecg_server.access.errors import AccessError
from ecg_server.file_fingerprint import FileFingerprint, file_fingerprint

Value = TypeVar("Value")

logger = logging.getLogger(__name__)


class WatchedFiles(Generic[Value]):
    """What some files say. May be asked from any thread.

    Files that can no longer be used leave in force what was read before; the log says so, once for each change.

    Args:
        paths: the files.
        read: reads all of them.

    Raises:
        AccessError: what `read` raises the first time.
    """

    def __init__(self, paths: Sequence[Path], read: Callable[[], Value]) -> None:
        self._paths = paths
        self._read = read
        self._lock = threading.Lock()
        # Looked at before they are read: a change in between is then seen the next time.
        self._seen = self._look()
        self._value = read()

    def current(self) -> Value:
        """Return what the files say, or, while they cannot be used, what they said before."""
        self.renewed()
        return self._value

    def renewed(self) -> Value | None:
        """Return what the files say if they have changed since anybody asked, and can be used; else None."""
        with self._lock:
            seen = self._look()
            if seen == self._seen:
                return None
            self._seen = seen
            return self._read_again()

    def _read_again(self) -> Value | None:
        try:
            self._value = self._read()
        except AccessError as error:
            logger.error("%s; until then what was read before stays in force", error)  # noqa: TRY400 - foreseen
            return None
        logger.info("read again after a change: %s", ", ".join(map(str, self._paths)))
        return self._value

    def _look(self) -> list[FileFingerprint | None]:
        return [file_fingerprint(path) for path in self._paths]
