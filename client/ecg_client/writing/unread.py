"""Sources that are still to be read, and must not be written over before."""

import collections
from collections.abc import Iterable, Iterator
from pathlib import Path

from ecg_client.formats.sources import RecordingSource
from ecg_client.formats.wfdb_channels import signal_file_names
from ecg_client.formats.wfdb_extent import GREATEST_HEADER_BYTES
from ecg_client.formats.wfdb_record import wfdb_header


class UnreadFiles:
    """The files of sources: `path in unread` says whether one that is still to be read needs the file.

    By whatever name: links, and capitals where a file system tells none, make no difference.
    """

    def __init__(self, sources: Iterable[RecordingSource]) -> None:
        self._files = {source: _files_of(source) for source in sources}
        self._counts = collections.Counter(file for files in self._files.values() for file in files)

    def __contains__(self, path: object) -> bool:
        identity = _identity(path) if isinstance(path, Path) else None
        return identity is not None and self._counts[identity] > 0

    def remove(self, source: RecordingSource) -> None:
        """Takes out the files of a source that has been read."""
        self._counts.subtract(self._files.pop(source, ()))


def _files_of(source: RecordingSource) -> set[tuple[int, int]]:
    """What the source is read from; a WFDB record is its header and whatever files that names."""
    header = wfdb_header(Path(source.path))
    paths = [Path(source.path), header, *(header.parent / name for name in _signal_files(header))]
    return {identity for path in paths if (identity := _identity(path))}


def _signal_files(header: Path) -> Iterator[str]:
    try:
        if header.stat().st_size <= GREATEST_HEADER_BYTES:
            yield from signal_file_names(header)
    except OSError:
        # No header, or none that will be read.
        return


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino
