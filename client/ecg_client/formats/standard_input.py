"""A file that comes through standard input."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.file_format import GREATEST_FILE_BYTES

STANDARD_INPUT = Path("-")
"""What a user gives in place of a path."""

_NAME = "stdin"
_PIECE_BYTES = 1 << 20


@contextmanager
def received_file(source: BinaryIO | None = None) -> Iterator[Path]:
    """Writes what comes through standard input into a file that only this user can read, and that does not stay.

    Args:
        source: What to read in place of standard input.

    Raises:
        UnreadableFileError: It is empty, or larger than any file of one recording.
    """
    folder = Path(tempfile.mkdtemp(prefix="ecg-"))
    try:
        path = folder / _NAME
        _receive(source or sys.stdin.buffer, path)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _receive(source: BinaryIO, path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while piece := source.read(_PIECE_BYTES):
            size += len(piece)
            if size > GREATEST_FILE_BYTES:
                raise UnreadableFileError(STANDARD_INPUT, f"more than {GREATEST_FILE_BYTES:,} bytes; give a path")
            file.write(piece)
    if not size:
        raise UnreadableFileError(STANDARD_INPUT, "standard input is empty")
