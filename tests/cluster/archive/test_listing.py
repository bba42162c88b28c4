"""What of a folder or bucket holds recordings, told by the listing."""

import os
from pathlib import Path

import fsspec
import pytest

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.file_format import Stated
from ecg_client.recording import Recording
from ecg_cluster.archive.errors import ArchiveError
from ecg_cluster.archive.listing import list_units
from ecg_cluster.archive.places import open_place
from ecg_cluster.archive.reading import read_unit
from ecg_cluster.archive.unit import Unit
from ecg_testing.archives import write_mixed_archive, write_wfdb_archive

NOWHERE = open_place("/nowhere")


def _units(folder: Path | str, stated: Stated = Stated()) -> list[Unit]:  # noqa: B008 - it is frozen
    return list_units(open_place(str(folder)), stated, NOWHERE)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A folder of two WFDB records."""
    return write_wfdb_archive(tmp_path / "records", 2)


def test_the_files_of_a_record_are_one_unit(records: Path) -> None:
    """Known by its header."""
    assert [Path(unit.name).name for unit in _units(records)] == ["000.hea", "001.hea"]
    assert [Path(path).name for path in _units(records)[0].companions] == ["000.dat"]


def test_what_is_hidden_and_what_is_written_is_no_recording(records: Path) -> None:
    """Nor is what lies behind a link to a folder, which might lead back."""
    (records / ".hidden.edf").write_bytes(b"")
    (records / ".git").mkdir()
    (records / ".git" / "a.edf").write_bytes(b"")
    (records / "out").mkdir()
    (records / "out" / "part-1.parquet").write_bytes(b"")
    (records / "round").symlink_to(records)
    units = list_units(open_place(str(records)), Stated(), open_place(str(records / "out")))
    assert [Path(unit.name).name for unit in units] == ["000.hea", "001.hea"]


def test_a_file_may_be_named_alone(records: Path) -> None:
    """A record by its header, with what belongs to it."""
    [unit] = _units(records / "001.hea")
    assert [Path(path).name for path in unit.companions] == ["001.dat"]
    assert unit.fingerprint == _units(records)[1].fingerprint


@pytest.mark.parametrize("name", ["000.hea", "000.dat"])
def test_a_change_of_either_file_changes_the_fingerprint(records: Path, name: str) -> None:
    """And of that record alone."""
    before = _units(records)
    os.utime(records / name, ns=(0, 1))
    after = _units(records)
    assert [old.fingerprint == new.fingerprint for old, new in zip(before, after, strict=True)] == [False, True]


def test_what_is_stated_changes_the_fingerprint(records: Path) -> None:
    """A file might not say it itself."""
    assert _units(records)[0].fingerprint != _units(records, Stated(unit="uV"))[0].fingerprint


def test_a_signal_that_comes_later_changes_the_fingerprint(records: Path) -> None:
    """What could not be read for want of it is done again."""
    (records / "000.dat").rename(records / "kept")
    before = _units(records / "000.hea")
    (records / "kept").rename(records / "000.dat")
    assert _units(records / "000.hea")[0].fingerprint != before[0].fingerprint


def test_an_archive_without_files_is_refused(tmp_path: Path) -> None:
    """As is one that is not there, each in a line."""
    with pytest.raises(ArchiveError, match="there is no file"):
        _units(tmp_path)
    with pytest.raises(ArchiveError, match="no such file or folder"):
        _units(tmp_path / "none")
    with pytest.raises(ArchiveError, match="sftpx"):
        open_place("sftpx://secret@somewhere")


def test_a_uri_is_named_without_what_is_secret_in_it() -> None:
    """Keys stand in such URIs, and rows and messages are read by many."""
    place = open_place("s3://key:secret@bucket/folder?region=eu-north-1")
    assert str(place) == "s3://bucket/folder"


def test_a_bucket_gives_what_a_folder_does(tmp_path: Path) -> None:
    """The same recordings, of every format, to the last sample; only their paths differ."""
    folder = write_mixed_archive(tmp_path / "mixed")
    bucket = fsspec.filesystem("memory")
    bucket.put(str(folder), "/bucket", recursive=True)
    try:
        from_folder = _read(str(folder))
        from_bucket = _read("memory:///bucket")
    finally:
        bucket.rm("/bucket", recursive=True)
    assert {path.removeprefix("memory:///bucket/") for path, _ in from_bucket} == {
        os.path.relpath(path, folder) for path, _ in from_folder
    }
    for (_, here), (_, there) in zip(from_folder, from_bucket, strict=True):
        if isinstance(here, Recording):
            assert isinstance(there, Recording)
            assert (here.signal == there.signal).all()
            assert (here.recording_id, here.metadata, here.remarks) == (
                there.recording_id,
                there.metadata,
                there.remarks,
            )
        else:
            assert isinstance(here, UnreadableFileError)
            assert isinstance(there, UnreadableFileError)
            assert here.problem == there.problem


def _read(archive: str) -> list[tuple[str, object]]:
    place = open_place(archive)
    units = list_units(place, Stated(), NOWHERE)
    return sorted(
        ((origin.path, item) for unit in units for origin, item in read_unit(unit, place, Stated())),
        key=lambda read: read[0],
    )
