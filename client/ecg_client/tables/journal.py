"""The journal of a table: its rows as lines of JSON, to which one program at a time adds.

Each row is one write of a whole line, so that a program which is killed leaves half a line at most, at the end; that is
cut off.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ecg_client.errors import UnwritableFileError
from ecg_client.tables.row_formats import json_row
from ecg_client.tables.rows import Row

try:
    import fcntl
except ImportError:  # Windows has none: there nobody is kept from writing to one table twice at once.
    fcntl = None  # type: ignore[assignment]

# The first column of every row.
_FIRST_BYTES = b'{"path"'
# Windows would write two bytes for the end of a line.
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)


def journal_of(path: Path) -> Path:
    """Returns where the rows of a table are while it is in the making."""
    return path.with_name(f"{path.name}.partial")


@contextlib.contextmanager
def naming_faults(path: Path) -> Iterator[None]:
    """Turns what the system says of a file that cannot be written into the error that names it."""
    try:
        yield
    except OSError as error:
        raise UnwritableFileError(path, error.strerror or "it cannot be written") from error


class Journal:
    """A journal that is open, and locked where the system can: nobody else has it.

    Args:
        path: Where it lies; where there is none, it is made.

    Attributes:
        path: Where it lies.
        is_new: Whether it was empty when it was opened.

    Raises:
        UnwritableFileError: Nothing can be written there, or another program does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with naming_faults(path):
            self._file = _locked(path)
        self._is_open = True
        self.is_new = not os.fstat(self._file).st_size

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Returns the rows, each with where it begins; half a line at the end is cut off.

        A line that is none is one that the disk has lost; it is passed over.

        Raises:
            UnwritableFileError: It is no journal; nothing of it is changed.
        """
        offset = 0
        with open(self._file, "rb", closefd=False) as lines:
            for line in lines:
                if not offset and not _is_first(line):
                    raise UnwritableFileError(self.path, "it is something else than rows; move it, or name another")
                if not line.endswith(b"\n"):
                    os.ftruncate(self._file, offset)
                    break
                row = _parsed(line)
                if isinstance(row, dict):
                    yield offset, row
                offset += len(line)

    def rows_at(self, offsets: Iterable[int]) -> Iterator[Row]:
        """Returns the rows that begin there, in the order asked for."""
        with open(self._file, "rb", closefd=False) as journal:
            for offset in offsets:
                journal.seek(offset)
                yield json.loads(journal.readline())

    def add(self, row: Row) -> int:
        """Writes a row; returns where it begins.

        Raises:
            UnwritableFileError: The disk is full, or fails.
        """
        line = json_row(row)
        with naming_faults(self.path):
            offset = os.lseek(self._file, 0, os.SEEK_END)
            if os.write(self._file, line) < len(line):
                raise OSError(0, "the disk is full")
        return offset

    def close(self) -> None:
        """Leaves it to others; nothing happens where that is done already."""
        if self._is_open:
            self._is_open = False
            os.close(self._file)

    def remove(self) -> None:
        """Removes it, and leaves its path to others; nothing happens where either is done already.

        Raises:
            UnwritableFileError: It cannot be removed.
        """
        if not self._is_open:
            return
        # Unlocked while its path leads to it, it could be locked by one who then writes to what no path leads to.
        with contextlib.closing(self), naming_faults(self.path):
            if fcntl is None:  # Windows removes nothing that is open.
                self.close()
            self.path.unlink(missing_ok=True)


def _locked(path: Path) -> int:
    while True:
        descriptor = os.open(path, _FLAGS, 0o666)
        try:
            if _lock(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> bool:
    """Locks an open file; says whether its path still leads to it, and so others will find it locked."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OSError(error.errno, "another program is writing it at the moment") from error
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _is_first(line: bytes) -> bool:
    """Whether the first line is that of a row, or what a kill has left of it."""
    return line.startswith(_FIRST_BYTES) or _FIRST_BYTES.startswith(line)
