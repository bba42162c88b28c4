"""Files that grow by lines."""

import fcntl
import os
from pathlib import Path

STANDARD_ERROR = 2
# The group may read, so that what collects logs need not be the server itself.
_MODE = 0o640


class RecordsError(Exception):
    """What the server is to write down has no place. Its text is one line."""

    def __init__(self, what: str, path: Path, error: OSError) -> None:
        problem = "another process writes to it" if isinstance(error, BlockingIOError) else error.strerror
        super().__init__(f"{what} {path} cannot be written: {problem}; give another path, or mend this one")


class LineFile:
    """A file to which lines are added, and from which nothing is ever taken.

    It is opened anew when somebody has moved it away, and after a write that failed; what such a write left of its
    line is ended first, so that no other line grows out of it.

    Args:
        path: the file; made when it is not there.
        is_exclusive: whether no other process may write to it meanwhile.

    Raises:
        OSError: it cannot be opened; BlockingIOError: another process writes to it.
    """

    def __init__(self, path: Path, *, is_exclusive: bool = False) -> None:
        self._path = path
        self._is_exclusive = is_exclusive
        self._descriptor: int | None = None
        self._open()

    def write(self, line: bytes) -> None:
        """Add a line, given without its end.

        Raises:
            OSError: it could not be written, or only a part of it.
        """
        try:
            descriptor = self._descriptor
            if descriptor is None or self._has_moved(descriptor):
                descriptor = self._open()
            write_line(descriptor, line)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file, until the next line."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        self.close()
        descriptor = self._descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
        try:
            if self._is_exclusive:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                write_line(descriptor, b"")
        except OSError:
            self.close()
            raise
        return descriptor

    def _has_moved(self, descriptor: int) -> bool:
        try:
            return not os.path.samestat(self._path.stat(), os.fstat(descriptor))
        except FileNotFoundError:
            return True


class StandardError:
    """Standard error, as a file of lines."""

    def write(self, line: bytes) -> None:
        """Add a line, given without its end.

        Raises:
            OSError: it could not be written.
        """
        write_line(STANDARD_ERROR, line)

    def close(self) -> None:
        """Leave standard error open: it is not ours alone."""


def write_line(descriptor: int, line: bytes) -> None:
    """Write a line and its end at once, where the system lets it."""
    rest = line + b"\n"
    while rest:
        rest = rest[os.write(descriptor, rest) :]
