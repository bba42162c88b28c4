"""Recordings from whatever paths a user gives: WFDB records, folders of them, a PTB-XL folder, an `.npz` file."""

import dataclasses
import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.npz import open_npz
from ecg_client.formats.ptbxl import is_ptbxl_folder, read_record, read_table
from ecg_client.formats.synthetic import generate_recording
from ecg_client.formats.wfdb_record import read_wfdb_record, wfdb_header
from ecg_client.recording import Recording


@dataclasses.dataclass(frozen=True, slots=True)
class RecordingSource:
    """A recording that can be read.

    Attributes:
        read: Reads it; raises `UnreadableFileError`.
    """

    read: Callable[[], Recording]

    def read_or_error(self) -> Recording | UnreadableFileError:
        """Reads the recording, or says why it cannot be read."""
        try:
            return self.read()
        except UnreadableFileError as error:
            return error


def open_recordings(
    paths: Iterable[Path | str], *, folds: Collection[int] | None = None
) -> Iterator[Recording | UnreadableFileError]:
    """Reads recordings one after the other, each when it is asked for.

    Args:
        paths: WFDB records (with or without suffix), folders of WFDB records, PTB-XL folders (at 100 Hz), `.npz` files.
        folds: The folds to read of a PTB-XL folder; None reads all. Nothing else has folds.

    Yields:
        Recordings, and an error in the place of each file that cannot be read.
    """
    for source in find_recordings(paths, folds=folds):
        yield source.read_or_error()


def find_recordings(paths: Iterable[Path | str], *, folds: Collection[int] | None = None) -> list[RecordingSource]:
    """Finds the recordings that `open_recordings` reads, so that they can be counted first."""
    return [source for path in paths for source in _find(Path(path), folds)]


def synthetic_sources(count: int, seed: int = 0) -> list[RecordingSource]:
    """The synthetic recordings, as sources."""
    return [RecordingSource(functools.partial(generate_recording, index, seed)) for index in range(count)]


def _find(path: Path, folds: Collection[int] | None) -> list[RecordingSource]:
    try:
        return [RecordingSource(read) for read in _readers(path, folds)]
    except UnreadableFileError as error:
        return [RecordingSource(functools.partial(_raise, error))]


def _readers(path: Path, folds: Collection[int] | None) -> list[Callable[[], Recording]]:
    if is_ptbxl_folder(path):
        return [functools.partial(read_record, path, row) for row in read_table(path, folds=folds)]
    if path.is_dir():
        return _folder_readers(path)
    if wfdb_header(path).is_file():
        return [functools.partial(read_wfdb_record, path)]
    if path.suffix == ".npz":
        file = open_npz(path)
        return [functools.partial(file.read_recording, index) for index in range(len(file))]
    raise UnreadableFileError(path, _why_unknown(path))


def _folder_readers(folder: Path) -> list[Callable[[], Recording]]:
    headers = sorted(folder.rglob("*.hea"))
    if not headers:
        raise UnreadableFileError(folder, "the folder holds neither WFDB records (.hea) nor PTB-XL's table")
    return [functools.partial(read_wfdb_record, header) for header in headers]


def _why_unknown(path: Path) -> str:
    if not path.exists():
        return "there is no such file"
    return "unknown kind of file; give a WFDB record (.hea with its .dat), a folder of them, or an .npz file"


def _raise(error: UnreadableFileError) -> Recording:
    raise error
