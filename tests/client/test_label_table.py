from pathlib import Path

import pytest

from ecg_client import UnreadableFileError
from ecg_client.label_table import read_labels


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("recording_id,MI,NORM\na.1,1,0\nb,,1\n", {"a.1": {"MI": 1, "NORM": 0}, "b": {"NORM": 1}}),
        ("\ufefffile;age;hyp\r\nx/a.hea;61;1.0\r\nx/b_hr;;0.0\r\n", {"a": {"HYP": 1}, "b_hr": {"HYP": 0}}),
        ("CD\tid\n1\t 7 \n", {"7": {"CD": 1}}),
    ],
)
def test_labels_are_those_of_the_table(tmp_path: Path, text: str, expected: dict[str, dict[str, int]]) -> None:
    """Whatever separates them; what is empty is unknown; a file stands for its recording id."""
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8", newline="")
    assert read_labels(tmp_path / "labels.csv") == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "0 of its columns are called recording_id"),
        ("name,MI\na,1\n", "0 of its columns are called recording_id"),
        ("id,file,MI\na,a,1\n", "2 of its columns are called"),
        ("id,class\na,MI\n", "no column is called NORM, MI"),
        ("id,MI,mi\na,1,0\n", "several of its columns are called MI; keep one"),
        ("id,HYP,HYP\na,1,0\n", "several of its columns are called HYP; keep one"),
        ("id,MI\na,1\nb,yes\n", "line 3, MI: 'yes' is no label; write 0, 1 or nothing"),
        ("file,MI\nx/a.hea,1\ny/a.hea,0\n", "line 3 is the second about its recording"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    """And what to write in its place."""
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(UnreadableFileError, match=problem):
        read_labels(tmp_path / "labels.csv")


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    """As is what is not there."""
    (tmp_path / "labels.csv").write_bytes(b"id,MI\n\xff,1\n")
    with pytest.raises(UnreadableFileError, match="no table in CSV"):
        read_labels(tmp_path / "labels.csv")
    with pytest.raises(UnreadableFileError, match="No such file"):
        read_labels(tmp_path / "gone.csv")
