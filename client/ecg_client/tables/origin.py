"""Where a recording was read from, and how to tell that it is not the same any more."""

import collections
import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.file_format import Stated
from ecg_client.formats.sources import RecordingSource
from ecg_client.formats.standard_input import STANDARD_INPUT
from ecg_client.formats.wfdb_channels import signal_file_names
from ecg_client.formats.wfdb_extent import GREATEST_HEADER_BYTES
from ecg_client.formats.wfdb_record import wfdb_header
from ecg_client.outcomes import Outcome
from ecg_client.recording import Recording

Key = tuple[str, int]
"""What a recording is known by: the path of its file as tables have it, and its number there."""

_DIGITS = 16


@dataclasses.dataclass(frozen=True, slots=True)
class Origin:
    """Where a recording was read from.

    Attributes:
        path: Absolute path of its file, as text; "-" is standard input, "synthetic" no file at all.
        number: Which of the recordings in that file it is, counted from 0.
        fingerprint: Another one when a file of the recording has another size or time, or when something else was
            stated of it; None where nothing tells, as of standard input.
    """

    path: str
    number: int
    fingerprint: str | None


def origin_of(source: RecordingSource, stated: Stated) -> Origin:
    """Returns where a recording comes from, as its files are now."""
    return Origin(*key_of(source), fingerprint(source, stated))


def key_of(source: RecordingSource) -> Key:
    """Returns what a recording is known by."""
    # A path may have bytes that are no character; no file of text takes them.
    return source.path.encode("utf-8", "backslashreplace").decode("utf-8"), source.number


def fingerprint(source: RecordingSource, stated: Stated) -> str | None:
    """Returns what changes when a file of the recording does, or what is stated of it.

    Files are not read for it: as `make` and `rsync` do, it goes by their sizes and times.
    """
    if source.path == str(STANDARD_INPUT):
        return None
    rate_hz = None if stated.sample_rate_hz is None else float(stated.sample_rate_hz)
    parts = [f"{rate_hz} {stated.unit}", *map(_state, _files(source))]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]


class OriginsOnTheWay:
    """Recordings on their way, and where each was read from."""

    def __init__(self, stated: Stated) -> None:
        self._stated = stated
        # Filled by the thread that reads, emptied by the one that receives, in the same order.
        self._origins: collections.deque[Origin] = collections.deque()

    def read(self, sources: Iterable[RecordingSource]) -> Iterator[Recording | UnreadableFileError]:
        """Reads recordings one after the other."""
        for source in sources:
            # Before the file is read: what changes meanwhile is noticed later.
            self._origins.append(origin_of(source, self._stated))
            yield source.read_or_error()

    def arrived(self, outcomes: Iterable[Outcome]) -> Iterator[tuple[Outcome, Origin]]:
        """Gives outcomes, which come in the order in which recordings were read, their origins."""
        for outcome in outcomes:
            yield outcome, self._origins.popleft()


def _files(source: RecordingSource) -> Iterator[Path]:
    """The files that a recording consists of, there or not; none for one that is made up."""
    path = Path(source.path)
    if not path.is_absolute():
        return
    yield path
    yield from _wfdb_files(wfdb_header(path))
    if source.table is not None:
        yield source.table


def _wfdb_files(header: Path) -> Iterator[Path]:
    """The header beside a file, and the files it names; nothing where there is none of a header's size."""
    try:
        if header.stat().st_size <= GREATEST_HEADER_BYTES:
            yield header
            yield from (header.parent / name for name in signal_file_names(header))
    except (OSError, ValueError):
        return


def _state(path: Path) -> str:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return f"{path.name} -"
    return f"{path.name} {found.st_size} {found.st_mtime_ns}"
