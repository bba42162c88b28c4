"""Files of buckets on this machine's disk, for as long as it takes to read them: readers of ECG files want paths."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ecg_client.formats.wfdb_channels import signal_file_names
from ecg_cluster.archive.places import Place
from ecg_cluster.archive.unit import Unit


@contextlib.contextmanager
def at_hand(unit: Unit, place: Place) -> Iterator[Path]:
    """Return the folder in which a unit's files are: where they lie, or a copy that is gone afterwards.

    In it the unit has its own name; below it, where it is of a PTB-XL folder, the path that the table gives it.

    Raises:
        OSError: a file cannot be fetched.
    """
    if place.is_local:
        yield Path(unit.folder or Path(unit.path).parent)
        return
    with tempfile.TemporaryDirectory(prefix="ecg-archive-") as name:
        folder = Path(name)
        if unit.row is None:
            _fetch_all(unit, place, folder)
        else:
            target = folder / f"{unit.row.file_stem_100hz}.dat"
            # What the table says is checked by what reads the file; here nothing may be written elsewhere.
            if target.resolve().is_relative_to(folder.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                fetch(place.at(unit.path), target)
        yield folder


def fetch(place: Place, target: Path) -> None:
    """Copy a file of a bucket.

    Raises:
        OSError: it cannot be read.
    """
    with place.filesystem.open_input_stream(place.path) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)


def _fetch_all(unit: Unit, place: Place, folder: Path) -> None:
    for path in (unit.path, *unit.companions):
        fetch(place.at(path), folder / PurePosixPath(path).name)
    for name in _named_by_header(folder / PurePosixPath(unit.path).name):
        beside = place.at(f"{PurePosixPath(unit.path).parent}/{name}")
        if not (folder / name).exists() and place.filesystem.get_file_info(beside.path).is_file:
            fetch(beside, folder / name)


def _named_by_header(path: Path) -> list[str]:
    """The signal files of a WFDB header; of names that lead elsewhere none is fetched."""
    if path.suffix != ".hea":
        return []
    with contextlib.suppress(OSError, ValueError, IndexError):
        return [name for name in signal_file_names(path) if "/" not in name and "\\" not in name]
    return []
