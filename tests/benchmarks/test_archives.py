"""What the measurement of archives copies and shows; the measurement itself is for quiet machines."""

from pathlib import Path

from benchmarks.archives import ARCHIVE, BARE, Run, copy_of, table

from ecg_client.formats.ptbxl import read_recordings
from ecg_testing.ptbxl_folder import write_ptbxl_folder


def test_a_copy_has_the_first_records(tmp_path: Path) -> None:
    """Of those that are there with their headers, with their lines of the table."""
    folder = write_ptbxl_folder(tmp_path / "ptbxl", count=9)
    for path in folder.glob("records100/*.dat"):
        path.with_suffix(".hea").touch()
    (folder / "records100" / "00000_lr.hea").unlink()
    copied = copy_of(folder, tmp_path / "copy", 3)
    assert [one.recording_id for one in read_recordings(copied)] == ["2", "3", "4"]
    assert len(list(copied.rglob("*.dat"))) == 3


def test_rates_are_compared_within_a_round() -> None:
    """A machine may be twice as fast in the next."""
    runs = {BARE: [Run(1, 100), Run(1, 200)], ARCHIVE: [Run(9, 50, 300, 310), Run(8, 180, 300, 320)]}
    bare, archive = table(runs, 4000).rows
    assert bare[1:] == ("150 (100–200)", "1.00 (1.00–1.00)", "1 (1–1)", "–", "–")  # noqa: RUF001 - as figures are set
    assert archive[2:] == ("0.70 (0.50–0.90)", "8 (8–9)", "300 (300–300)", "315 (310–320)")  # noqa: RUF001
