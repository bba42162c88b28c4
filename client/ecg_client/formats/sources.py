"""Recordings from whatever paths a user gives: files of every format, folders, patterns, standard input."""

import dataclasses
import functools
import glob
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.catalogue import SUFFIXES, format_of
from ecg_client.formats.file_format import Stated
from ecg_client.formats.ptbxl import read_record
from ecg_client.formats.ptbxl_table import TABLE_NAME, is_ptbxl_folder, read_table
from ecg_client.formats.standard_input import STANDARD_INPUT, received_file
from ecg_client.formats.synthetic import generate_recording
from ecg_client.formats.wfdb_record import wfdb_header
from ecg_client.recording import Recording

SYNTHETIC = "synthetic"
"""What stands in place of a path where a recording is made up."""


@dataclasses.dataclass(frozen=True, slots=True)
class RecordingSource:
    """A recording that can be read.

    Attributes:
        read: Reads it; raises `UnreadableFileError`.
        path: Absolute path of its file; "-" is standard input, and `SYNTHETIC` no file at all.
        number: Which of the recordings in that file it is, counted from 0.
        table: The file that says more of it than its own, where there is one: PTB-XL's table.
        is_found: False: it stands in the place of all recordings of a file or folder that cannot be opened, and what
            reads it says why.
    """

    read: Callable[[], Recording]
    path: str
    number: int = 0
    table: Path | None = None
    is_found: bool = True

    def read_or_error(self) -> Recording | UnreadableFileError:
        """Reads the recording, or says why it cannot be read."""
        try:
            return self.read()
        except UnreadableFileError as error:
            return error


def open_recordings(
    paths: Iterable[Path | str],
    *,
    folds: Collection[int] | None = None,
    sample_rate_hz: float | None = None,
    unit: str | None = None,
) -> Iterator[Recording | UnreadableFileError]:
    """Reads recordings one after the other, each when it is asked for.

    Args:
        paths: Files of any format that can be read, which their content tells; WFDB records with or without suffix;
            folders, which are searched through, hidden files and folders left out; PTB-XL folders (at 100 Hz);
            patterns such as `"records/**/*.hea"`; `-` for one file through standard input.
        folds: The folds to read of a PTB-XL folder; None reads all. Nothing else has folds.
        sample_rate_hz: The sample rate of files that do not say it.
        unit: The unit of files that do not say it, such as "uV".

    Yields:
        Recordings, and an error in the place of each file that cannot be read.

    Raises:
        MissingExtraError: What reads one of the formats is not installed.
    """
    for source in find_recordings(paths, folds=folds, sample_rate_hz=sample_rate_hz, unit=unit):
        yield source.read_or_error()


def find_recordings(
    paths: Iterable[Path | str],
    *,
    folds: Collection[int] | None = None,
    sample_rate_hz: float | None = None,
    unit: str | None = None,
) -> list[RecordingSource]:
    """Finds the recordings that `open_recordings` reads, so that they can be counted first."""
    stated = Stated(sample_rate_hz, unit)
    return [source for path in paths for source in _find(Path(path), folds, stated)]


def synthetic_sources(count: int, seed: int = 0) -> list[RecordingSource]:
    """The synthetic recordings, as sources."""
    return [
        RecordingSource(functools.partial(generate_recording, index, seed), SYNTHETIC, index) for index in range(count)
    ]


def _find(path: Path, folds: Collection[int] | None, stated: Stated) -> list[RecordingSource]:
    return _found_or_error(path, functools.partial(_sources, path, folds, stated))


def _found_or_error(path: Path, find: Callable[[], Iterable[RecordingSource]]) -> list[RecordingSource]:
    try:
        return list(find())
    except UnreadableFileError as error:
        problem = error
    except OSError as error:
        problem = UnreadableFileError(path, error.strerror or "it cannot be opened")
    return [RecordingSource(functools.partial(_raise, problem), _absolute(path), is_found=False)]


def _sources(path: Path, folds: Collection[int] | None, stated: Stated) -> list[RecordingSource]:
    if path == STANDARD_INPUT:
        return _standard_input_sources(stated)
    if path.is_dir():
        return _folder_sources(path, folds, stated)
    if not path.exists() and wfdb_header(path).is_file():
        return _file_sources(wfdb_header(path), stated)
    if not path.exists() and glob.has_magic(str(path)):
        # Not Path.glob: that takes no pattern from the root on, and looks into hidden folders.
        matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207
        if not matches:
            raise UnreadableFileError(path, "no file matches this pattern")
        return [source for match in matches for source in _find(Path(match), folds, stated)]
    if not path.exists():
        raise UnreadableFileError(path, "there is no such file")
    return _file_sources(path, stated)


def _file_sources(path: Path, stated: Stated) -> list[RecordingSource]:
    readers = format_of(path).readers(path, stated)
    return [RecordingSource(read, _absolute(path), number) for number, read in enumerate(readers)]


def _standard_input_sources(stated: Stated) -> list[RecordingSource]:
    try:
        with received_file() as path:
            # The file does not stay, so it is read now.
            recordings = [source.read() for source in _file_sources(path, stated)]
    except UnreadableFileError as error:
        raise UnreadableFileError(STANDARD_INPUT, error.problem) from error
    return [
        RecordingSource(functools.partial(_itself, recording), str(STANDARD_INPUT), number)
        for number, recording in enumerate(recordings)
    ]


def _folder_sources(folder: Path, folds: Collection[int] | None, stated: Stated) -> list[RecordingSource]:
    sources = list(_search(folder, folds, stated))
    if not sources:
        raise UnreadableFileError(
            folder, f"the folder holds no recording, neither PTB-XL's table nor one of {', '.join(sorted(SUFFIXES))}"
        )
    return sources


def _search(folder: Path, folds: Collection[int] | None, stated: Stated) -> Iterator[RecordingSource]:
    """What is in a folder, in order; what was not meant to be a recording is passed over."""
    if is_ptbxl_folder(folder):
        for row in read_table(folder, folds=folds):
            signal = _absolute(folder / f"{row.file_stem_100hz}.dat")
            yield RecordingSource(functools.partial(read_record, folder, row), signal, table=folder / TABLE_NAME)
        return
    for path in sorted(folder.iterdir()):
        # No link to a folder is followed: it could lead back here.
        if path.name.startswith(".") or (path.is_symlink() and path.is_dir()):
            continue
        if path.is_dir():
            yield from _found_or_error(path, functools.partial(_search, path, folds, stated))
        elif path.is_file() and _is_meant(path):
            yield from _find(path, folds, stated)


def _absolute(path: Path) -> str:
    return str(path) if path == STANDARD_INPUT else os.path.abspath(path)  # noqa: PTH100 - no link is followed


def _is_meant(path: Path) -> bool:
    """Whether a file that nobody named was meant to be a recording: by its suffix, or else by its content."""
    return not _is_companion(path) and (path.suffix.lower() in SUFFIXES or _is_known(path))


def _is_companion(path: Path) -> bool:
    """Whether a file belongs to a WFDB record, whose header is in the folder as well."""
    return path.suffix.lower() != ".hea" and wfdb_header(path).is_file()


def _is_known(path: Path) -> bool:
    try:
        format_of(path)
    except UnreadableFileError:
        return False
    return True


def _itself(recording: Recording) -> Recording:
    return recording


def _raise(error: UnreadableFileError) -> Recording:
    raise error
