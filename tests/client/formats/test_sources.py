import io
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecg_client import Recording, UnreadableFileError
from ecg_client.formats import open_recordings
from ecg_testing.ptbxl_folder import write_ptbxl_folder


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


def test_hidden_files_and_folders_are_passed_over(records: Path) -> None:
    """Those of version control, say, and the doubles that some systems leave."""
    (records / ".git").mkdir()
    (records / ".git" / "c.hea").write_text("nonsense\n")
    (records / "._b.hea").write_text("nonsense\n")
    assert _kinds(records) == ["b", "broken.hea!", "a"]


def test_a_link_to_a_folder_is_not_followed(records: Path) -> None:
    """It could lead back."""
    (records / "deeper" / "back").symlink_to(records)
    assert _kinds(records) == ["b", "broken.hea!", "a"]


def test_a_ptbxl_folder_in_a_folder_is_read_by_its_table(tmp_path: Path) -> None:
    """Each of its records once, not at both rates."""
    write_ptbxl_folder(tmp_path / "data" / "ptb-xl", count=4)
    recordings = list(open_recordings([tmp_path]))
    assert [recording.recording_id for recording in recordings if isinstance(recording, Recording)] == list("1234")


def test_a_folder_in_a_folder_that_cannot_be_searched_is_an_error_in_its_place(records: Path) -> None:
    """What lies around it is read."""
    write_ptbxl_folder(records / "c", count=4)
    (records / "c" / "ptbxl_database.csv").write_bytes(b"\xff")
    assert _kinds(records) == ["b", "broken.hea!", "ptbxl_database.csv!", "a"]


def test_a_pattern_is_a_path_for_each_file_it_matches(records: Path) -> None:
    """Where the shell does not do it; one that matches nothing is an error."""
    assert _kinds(records / "**" / "*.hea") == ["b", "broken.hea!", "a"]
    assert _kinds(records / "*.edf") == ["*.edf!"]


def test_a_name_that_looks_like_a_pattern_is_a_name(records: Path) -> None:
    """Where there is such a file."""
    (records / "b.hea").rename(records / "b[1].hea")
    (records / "b.dat").rename(records / "b[1].dat")
    header = (records / "b[1].hea").read_text().replace("b ", "b[1] ").replace("b.dat", "b[1].dat")
    (records / "b[1].hea").write_text(header)
    assert _kinds(records / "b[1].hea")[0].startswith("b[1]")


@pytest.mark.parametrize("content", [b"", b"nothing of the kind"])
def test_standard_input_that_is_no_recording_is_an_error(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is called by the name that the user gave."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    (error,) = open_recordings(["-"])
    assert isinstance(error, UnreadableFileError)
    assert str(error).startswith("-: ")


def test_standard_input_is_read_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves nothing behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    content = io.BytesIO()
    np.savez(content, X_test=np.zeros((2, 7)), Y_test=np.zeros((2, 1000, 12)))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content.getvalue())))
    assert [type(item) for item in open_recordings(["-"])] == [Recording, Recording]
    assert list(tmp_path.iterdir()) == []
