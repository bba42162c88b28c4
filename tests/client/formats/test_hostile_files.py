"""Files made to harm the one who reads them: refused before memory is taken, and nothing outside is read."""

import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ecg_client import UnreadableFileError
from ecg_client.formats import open_npz, read_ptbxl_recordings, read_wfdb_record
from ecg_testing.ptbxl_folder import write_ptbxl_folder

A_HUNDRED_MEGABYTES = 100_000_000


@pytest.fixture(autouse=True)
def _bounded_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < A_HUNDRED_MEGABYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("r 1 100 1000000000\nr.dat 16 200/mV 16 0 0 0 0 I\n", "shorter than the header says"),
        ("r 1 100 1000000000\nr.dat 508 200/mV 16 0 0 0 0 I\n", "shorter than the header says"),
        ("r 1 100 1000000000\nr.dat 212 200/mV 16 0 0 0 0 I\n", "shorter than the header says"),
        ("r 1 100 2\nr.dat 16x1000000000 200/mV 16 0 0 0 0 I\n", "shorter than the header says"),
        ("r 1 100 2\nr.dat 16:1000000000 200/mV 16 0 0 0 0 I\n", "shorter than the header says"),
        ("r 1 100 2\nr.dat 16+1000000000 200/mV 16 0 0 0 0 I\n", "shorter than the header says"),
        ("r 1 100 2\nr.dat 99 200/mV 16 0 0 0 0 I\n", "format '99'; convert them to format 16"),
        ("r 1 100 2\n../r.dat 16 200/mV 16 0 0 0 0 I\n", "the header is empty or damaged"),
        ("r 1 100 2\n/etc/passwd 16 200/mV 16 0 0 0 0 I\n", "the header is empty or damaged"),
        ("r 1 100 2\nhttp://192.0.2.1/r.dat 16 200/mV 16 0 0 0 0 I\n", "the header is empty or damaged"),
        ("r 1000000000 100 2\nr.dat 16 200/mV 16 0 0 0 0 I\n", "do not fit together"),
        ("#" * (1 << 20) + "\n", "the header has more than 1048576 bytes"),
    ],
)
def test_a_wfdb_header_is_not_believed(header: str, problem: str, tmp_path: Path) -> None:
    """Neither that there are a billion samples, nor where they are."""
    (tmp_path / "r.hea").write_text(header)
    (tmp_path / "r.dat").write_bytes(bytes(4))
    with pytest.raises(UnreadableFileError, match=problem):
        read_wfdb_record(tmp_path / "r")


def test_a_path_that_is_an_address_is_refused(tmp_path: Path) -> None:
    """What reads WFDB files would go and look there."""
    folder = tmp_path / "zip:" / "evil::"
    folder.mkdir(parents=True)
    (folder / "r.hea").write_text("r 0 100\n")
    with pytest.raises(UnreadableFileError, match="rename it"):
        read_wfdb_record(folder / "r")


def _array(shape: str, body: bytes = b"") -> bytes:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header + body


@pytest.mark.parametrize(
    ("content", "compression"),
    [
        (_array("(1000000000, 1000, 12)"), zipfile.ZIP_STORED),
        (_array("(10000, 1000, 12)"), zipfile.ZIP_STORED),
        (_array(f"({'9' * 4000},)"), zipfile.ZIP_STORED),
        (_array("(800, 1000, 12)", bytes(800 * 12000 * 8)), zipfile.ZIP_DEFLATED),
        (_array("(1, 1000, 12)", bytes(12000 * 8)), zipfile.ZIP_BZIP2),
        (_array("(" * 9000), zipfile.ZIP_STORED),
        (b"\x93NUMPY\3\0" + bytes(100), zipfile.ZIP_STORED),
    ],
    ids=["not there", "nearly there", "without end", "a bomb", "bzip2", "nested", "of another age"],
)
def test_an_npz_is_not_believed(content: bytes, compression: int, tmp_path: Path) -> None:
    """No memory is taken for arrays that are not there, nor for those of a bomb."""
    tracemalloc.stop()
    with zipfile.ZipFile(tmp_path / "data.npz", "w", compression) as archive:
        archive.writestr("Y_test.npy", content)
    tracemalloc.start()
    with pytest.raises(UnreadableFileError, match=r"not an \.npz file of plain arrays"):
        open_npz(tmp_path / "data.npz")


def test_small_arrays_may_shrink_as_they_like(tmp_path: Path) -> None:
    """Targets of a million recordings of one kind are next to nothing."""
    np.savez_compressed(tmp_path / "data.npz", X_test=np.zeros((9, 7)), Y_test=np.zeros((9, 1000, 12)))
    assert len(open_npz(tmp_path / "data.npz")) == 9


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("scp_codes", "[" * 100_000),
        ("scp_codes", "[[1]]"),
        ("scp_codes", "__import__('os').system('touch evil')"),
        ("scp_codes", "{'NORM': " + "9" * 10_000 + "}"),
        ("patient_id", "inf"),
        ("patient_id", "1e400"),
        ("ecg_id", "9" * 10_000),
        ("strat_fold", "x" * 200_000),
        ("filename_lr", "/etc/passwd"),
        ("filename_lr", "../../secret"),
        ("filename_lr", "records100/\x00"),
    ],
)
def test_a_table_of_ptbxl_is_not_believed(column: str, value: str, tmp_path: Path) -> None:
    """No value of it is run, and no file outside of the folder is read."""
    folder = write_ptbxl_folder(tmp_path / "ptbxl", count=1)
    table = folder / "ptbxl_database.csv"
    names, values = (line.split(",") for line in table.read_text().splitlines()[:1] * 2)
    values = ["1"] * len(names)
    values[names.index(column)] = f'"{value}"'
    for name in ("scp_codes", "filename_lr", "filename_hr"):
        if name != column:
            values[names.index(name)] = "{}" if name == "scp_codes" else "records100/00000_lr"
    table.write_text(f"{','.join(names)}\n{','.join(values)}\n")
    with pytest.raises(UnreadableFileError, match=r"ptbxl_database\.csv") as caught:
        list(read_ptbxl_recordings(folder))
    assert len(str(caught.value)) < len(str(table)) + 400


def test_a_line_that_is_too_short_is_named(tmp_path: Path) -> None:
    """Cut anywhere, the table is refused as a table."""
    folder = write_ptbxl_folder(tmp_path / "ptbxl", count=1)
    table = folder / "ptbxl_database.csv"
    names, line = table.read_text().splitlines()
    for length in range(len(line.split(",")) - 1):
        table.write_text(f"{names}\n{','.join(line.split(',')[: length + 1])}\n")
        with pytest.raises(UnreadableFileError, match=r"ptbxl_database\.csv"):
            list(read_ptbxl_recordings(folder))


def test_a_signal_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """Eight gigabytes in the place of 24 kB."""
    folder = write_ptbxl_folder(tmp_path / "ptbxl", count=1)
    with (folder / "records100/00000_lr.dat").open("wb") as file:
        file.truncate(1 << 33)
    with pytest.raises(UnreadableFileError, match="4294967296 samples of 2 bytes, but PTB-XL has 12000"):
        list(read_ptbxl_recordings(folder))
