"""What is in a folder or bucket, and which of it holds recordings: from the listing alone, no file is opened.

Only the tables of PTB-XL folders are read: they say which of their files are recordings, and whose.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from pyarrow import fs

from ecg_client.formats.file_format import Stated
from ecg_client.formats.ptbxl_table import STATEMENTS_NAME, TABLE_NAME, PtbxlRow, read_table
from ecg_client.formats.wfdb_record import wfdb_header, wfdb_stem
from ecg_cluster.archive.errors import ArchiveError
from ecg_cluster.archive.local_copy import fetch
from ecg_cluster.archive.places import Place, local_path
from ecg_cluster.archive.unit import ListedFile, Unit, fingerprint_of


def list_units(place: Place, stated: Stated, output: Place) -> list[Unit]:
    """Return what holds recordings in a place, in the order of the names.

    Args:
        place: a folder, which is searched through, or one file. Hidden files and folders are left out, and no link to a
            folder is followed.
        stated: what is stated of files that do not say it themselves.
        output: where the table will be; what is there is no recording.

    Raises:
        ArchiveError: there is nothing.
        UnreadableFileError: the table of a PTB-XL folder is not what PhysioNet publishes.
    """
    try:
        files = {file.path: file for file in _files(place) if not _is_in(file.path, output, place)}
    except OSError as error:
        raise ArchiveError(f"{place}: {error.strerror or error}; look at its name, and at who may read it") from error
    folders = sorted(path.rpartition("/")[0] for path in files if PurePosixPath(path).name == TABLE_NAME)
    inside = tuple(f"{folder}/" for folder in folders)
    plain = (_unit(file, files, place, stated) for path, file in sorted(files.items()) if not path.startswith(inside))
    of_tables = (unit for folder in folders for unit in _ptbxl_units(folder, files, place, stated))
    units = [unit for unit in plain if unit is not None]
    units.extend(of_tables)
    if not units:
        raise ArchiveError(f"{place}: there is no file; name a folder or bucket with recordings")
    return units


def _files(place: Place) -> Iterator[ListedFile]:
    found = place.filesystem.get_file_info(place.path)
    if found.type is fs.FileType.NotFound:
        raise FileNotFoundError(2, "there is no such file or folder")
    if found.type is fs.FileType.File:
        yield from _with_companions(place)
    elif place.is_local:
        yield from _walk(local_path(place))
    else:
        infos = place.filesystem.get_file_info(fs.FileSelector(place.path, recursive=True))
        below = len(place.path) + 1
        yield from (
            _listed(info)
            for info in infos
            if info.is_file and not any(part.startswith(".") for part in info.path[below:].split("/"))
        )


def _with_companions(place: Place) -> Iterator[ListedFile]:
    """A file that was named, and those beside it that may belong to it."""
    header = str(wfdb_header(Path(place.path)))
    wanted = [place.path, *([header, *_signal_paths(header)] if place.path == header else [])]
    for info in place.filesystem.get_file_info(list(dict.fromkeys(wanted))):
        if info.is_file:
            yield _listed(info)


def _walk(folder: Path) -> Iterator[ListedFile]:
    # Not pyarrow's: that follows links to folders.
    for path, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            file = Path(path) / name
            if not name.startswith(".") and file.is_file():
                state = file.stat()
                yield ListedFile(str(file), state.st_size, state.st_mtime_ns)


def _raise(error: OSError) -> None:
    raise error


def _listed(info: fs.FileInfo) -> ListedFile:
    return ListedFile(info.path, info.size or 0, info.mtime_ns or 0)


def _is_in(path: str, output: Place, place: Place) -> bool:
    return output.prefix == place.prefix and path.startswith(f"{output.path}/")


def _unit(file: ListedFile, files: Mapping[str, ListedFile], place: Place, stated: Stated) -> Unit | None:
    """A file as a unit; None: it belongs to another one."""
    header = str(wfdb_header(Path(file.path)))
    if header in files and file.path != header:
        return None
    beside = [path for path in _signal_paths(header) if path in files] if file.path == header else []
    state = fingerprint_of((file, *map(files.get, beside)), stated)
    return Unit(file.path, place.name_of(file.path), state, tuple(beside))


def _signal_paths(header: str) -> tuple[str, ...]:
    stem = str(wfdb_stem(Path(header)))
    return f"{stem}.dat", f"{stem}.mat"


def _ptbxl_units(folder: str, files: Mapping[str, ListedFile], place: Place, stated: Stated) -> Iterator[Unit]:
    table = files[f"{folder}/{TABLE_NAME}"]
    for row in _table(folder, place):
        path = f"{folder}/{row.file_stem_100hz}.dat"
        state = fingerprint_of((files.get(path), table), stated)
        yield Unit(path, place.name_of(path), state, folder=folder, row=row)


def _table(folder: str, place: Place) -> Iterable[PtbxlRow]:
    if place.is_local:
        return read_table(folder)
    with tempfile.TemporaryDirectory(prefix="ecg-archive-") as copied:
        for name in (TABLE_NAME, STATEMENTS_NAME):
            fetch(place.at(f"{folder}/{name}"), Path(copied) / name)
        return read_table(copied)
