"""The recordings of a unit: read with the client's readers, whatever its format."""

import functools
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from ecg_client.errors import EcgError, InvalidRecordingError, UnreadableFileError
from ecg_client.formats.catalogue import SUFFIXES, format_of
from ecg_client.formats.file_format import Stated
from ecg_client.formats.ptbxl import read_record
from ecg_client.formats.sources import RecordingSource, find_recordings
from ecg_client.outcomes import Item
from ecg_client.tables.origin import Origin
from ecg_cluster.archive.local_copy import at_hand
from ecg_cluster.archive.places import Place
from ecg_cluster.archive.unit import Unit

Read = tuple[Origin, Item]
"""A recording, or why there is none, and where it was read from."""


def read_unit(unit: Unit, place: Place, stated: Stated) -> Iterator[Read]:
    """Yield the recordings of a unit, or why there are none; of a file that nobody meant to be one, nothing."""
    try:
        with at_hand(unit, place) as folder:
            for source in _sources(unit, folder, stated):
                yield Origin(unit.name, source.number, unit.fingerprint), _item(source)
    except (EcgError, OSError) as error:
        yield Origin(unit.name, 0, unit.fingerprint), _unreadable(unit, error)


def _sources(unit: Unit, folder: Path, stated: Stated) -> Iterable[RecordingSource]:
    if unit.row is not None:
        return [RecordingSource(functools.partial(read_record, folder, unit.row), unit.name)]
    path = folder / PurePosixPath(unit.path).name
    return find_recordings([path], sample_rate_hz=stated.sample_rate_hz, unit=stated.unit) if _is_meant(path) else []


def _is_meant(path: Path) -> bool:
    """Whether a file was meant to be a recording: by its suffix, or else by its content, as `ecg stream` has it."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        format_of(path)
    except UnreadableFileError:
        return False
    return True


def _item(source: RecordingSource) -> Item:
    try:
        return source.read_or_error()
    except InvalidRecordingError as error:
        return error


def _unreadable(unit: Unit, error: EcgError | OSError) -> UnreadableFileError:
    problem = (error.strerror or "it cannot be fetched") if isinstance(error, OSError) else str(error)
    return UnreadableFileError(unit.name, problem)
