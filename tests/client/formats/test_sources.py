from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecg_client import Recording, UnreadableFileError
from ecg_client.formats import open_recordings


@pytest.fixture
def npz(tmp_path: Path) -> Path:
    """Two recordings in the format of the original web service."""
    path = tmp_path / "data.npz"
    np.savez(path, X_test=np.zeros((2, 7)), Y_test=np.zeros((2, 1000, 12)), Z_test=np.zeros((2, 5)))
    return path


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A folder with WFDB records at two levels, one of them broken."""
    folder = tmp_path / "records"
    for name in ("b", "deeper/a"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        wfdb.wrsamp(
            Path(name).name,
            fs=100,
            units=["mV"],
            sig_name=["I"],
            p_signal=np.sin(np.arange(100.0))[:, np.newaxis],
            fmt=["16"],
            write_dir=str((folder / name).parent),
        )
    (folder / "broken.hea").write_text("nonsense\n")
    return folder


def _kinds(*paths: Path) -> list[str]:
    return [
        item.recording_id if isinstance(item, Recording) else f"{item.path.name}!" for item in open_recordings(paths)
    ]


def test_each_path_is_read_by_its_kind(npz: Path, records: Path) -> None:
    """An .npz file, a record with and without suffix; in the order given."""
    assert _kinds(npz, records / "b", records / "b.hea", records / "b.dat") == ["0", "1", "b", "b", "b"]


def test_a_folder_is_searched_and_a_broken_record_is_an_error_in_its_place(records: Path) -> None:
    """The others are read."""
    assert _kinds(records) == ["b", "broken.hea!", "a"]


def test_nothing_is_read_before_it_is_asked_for(records: Path) -> None:
    """A large folder costs nothing but its listing."""
    items = open_recordings([records])
    assert isinstance(next(items), Recording)
    (records / "deeper" / "a.dat").unlink()
    assert [type(item) for item in items] == [UnreadableFileError, UnreadableFileError]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("gone", None, "no such file"),
        ("notes.txt", b"hello", "unknown kind of file"),
        ("x.npz", b"", "not an .npz file"),
    ],
)
def test_a_path_that_cannot_be_read_is_an_error_in_its_place(
    tmp_path: Path, npz: Path, name: str, content: bytes | None, problem: str
) -> None:
    """What comes after it is read."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    error, *rest = open_recordings([path, npz])
    assert isinstance(error, UnreadableFileError)
    assert problem in str(error)
    assert len(rest) == 2


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    """It says what was looked for."""
    (error,) = open_recordings([tmp_path])
    assert isinstance(error, UnreadableFileError)
    assert ".hea" in error.problem


def test_a_ptbxl_folder_is_read_by_its_table(ptbxl_small: Path) -> None:
    """With metadata and labels, and only the folds that were asked for."""
    recordings = list(open_recordings([ptbxl_small], folds=[9]))
    assert 50 < len(recordings) < 70
    assert all(isinstance(recording, Recording) and recording.labels for recording in recordings)
