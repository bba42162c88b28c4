import csv
from pathlib import Path

import numpy as np
import pytest

from ecg_client import InfarctionStage, PatientMetadata, Sex, UnreadableFileError
from ecg_client.formats import read_ptbxl_recordings, read_wfdb_record
from ecg_client.formats.ptbxl import PtbxlRow, read_record, read_signal_int16, read_table

STATEMENTS = """,description,diagnostic,diagnostic_class
NORM,normal,1.0,NORM
IMI,inferior infarction,1.0,MI
ASMI,anteroseptal infarction,1,MI
SR,sinus rhythm,,
"""
ROW = {
    "ecg_id": "7",
    "patient_id": "11.0",
    "age": "56.0",
    "sex": "1",
    "height": "",
    "weight": "63.0",
    "scp_codes": "{'SR': 0.0, 'NORM': 0.0}",
    "infarction_stadium1": "",
    "infarction_stadium2": "",
    "pacemaker": "",
    "strat_fold": "3",
    "filename_lr": "records100/00000/00007_lr",
    "filename_hr": "records500/00000/00007_hr",
}


def _folder(path: Path, *changes: dict[str, str]) -> Path:
    (path / "scp_statements.csv").write_text(STATEMENTS)
    with (path / "ptbxl_database.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ROW)
        writer.writeheader()
        writer.writerows(ROW | change for change in changes)
    return path


def _only(path: Path, **change: str) -> PtbxlRow:
    (row,) = read_table(_folder(path, change), with_infarction_stages=True)
    return row


def test_a_row_has_what_the_table_says(tmp_path: Path) -> None:
    """Numbers with or without a decimal point; no pacemaker where none is noted."""
    assert _only(tmp_path) == PtbxlRow(
        ecg_id=7,
        patient_id=11,
        fold=3,
        metadata=PatientMetadata(age_years=56.0, sex=Sex.FEMALE, weight_kg=63.0, has_pacemaker=False),
        labels=(1, 0, 0, 0, 0),
        statements=("SR", "NORM"),
        file_stem_100hz="records100/00000/00007_lr",
        file_stem_500hz="records500/00000/00007_hr",
    )


@pytest.mark.parametrize(
    ("scp_codes", "labels"),
    [
        ("{'SR': 100.0}", (0, 0, 0, 0, 0)),
        ("{'IMI': 0.0}", (0, 1, 0, 0, 0)),
        ("{'IMI': 100.0, 'ASMI': 15.0, 'NORM': 1.0}", (1, 1, 0, 0, 0)),
        ("{'NOT_IN_THE_TABLE': 100.0}", (0, 0, 0, 0, 0)),
    ],
)
def test_every_diagnostic_statement_counts_whatever_its_likelihood(
    tmp_path: Path, scp_codes: str, labels: tuple[int, ...]
) -> None:
    """A likelihood of 0 means that nobody noted one."""
    assert _only(tmp_path, scp_codes=scp_codes).labels == labels


def test_an_age_of_300_is_read_as_90(tmp_path: Path) -> None:
    """It stands for "over 89"."""
    assert _only(tmp_path, age="300.0").metadata.age_years == 90.0
    assert _only(tmp_path, age="").metadata.age_years is None


@pytest.mark.parametrize(
    ("note", "expected"), [("", False), ("ja, pacemaker", True), ("ja, nan", True), ("?, nan", None)]
)
def test_pacemaker_notes_are_read(tmp_path: Path, note: str, *, expected: bool | None) -> None:
    """A question mark is neither yes nor no."""
    assert _only(tmp_path, pacemaker=note).metadata.has_pacemaker is expected


def test_infarction_stages_are_read_only_on_request(tmp_path: Path) -> None:
    """They give the answer away."""
    folder = _folder(tmp_path, {"infarction_stadium1": "Stadium II-III", "infarction_stadium2": "unknown"})
    assert read_table(folder)[0].metadata.first_infarction_stage is None
    assert read_table(folder)[0].metadata.second_infarction_stage is None
    metadata = read_table(folder, with_infarction_stages=True)[0].metadata
    assert metadata.first_infarction_stage is InfarctionStage.II_III
    assert metadata.second_infarction_stage is InfarctionStage.UNKNOWN


def test_folds_select_rows(tmp_path: Path) -> None:
    """In the order of the table."""
    folder = _folder(tmp_path, {"strat_fold": "9"}, {"strat_fold": "1"}, {"strat_fold": "9", "ecg_id": "8"})
    assert [row.ecg_id for row in read_table(folder, folds=[9])] == [7, 8]


def test_a_signal_is_read_in_microvolts(tmp_path: Path) -> None:
    """Ten seconds of twelve leads; the recording says what one unit is."""
    row = _only(tmp_path)
    samples = np.arange(12000, dtype="<i2").reshape(1000, 12)
    path = tmp_path / "records100/00000/00007_lr.dat"
    path.parent.mkdir(parents=True)
    samples.tofile(path)
    recording = read_record(tmp_path, row)
    np.testing.assert_array_equal(recording.signal, samples)
    assert (recording.recording_id, recording.microvolts_per_unit) == ("7", 1.0)
    assert recording.labels == {"NORM": 1, "MI": 0, "STTC": 0, "CD": 0, "HYP": 0}
    path.write_bytes(b"\0" * 100)
    with pytest.raises(UnreadableFileError, match="50 samples of 2 bytes, but PTB-XL has 12000"):
        read_signal_int16(tmp_path, row)


def test_a_missing_signal_file_is_named(tmp_path: Path) -> None:
    """As is a rate that PTB-XL does not have."""
    row = _only(tmp_path)
    with pytest.raises(UnreadableFileError, match=r"00007_hr\.dat: No such file"):
        read_signal_int16(tmp_path, row, 500)
    with pytest.raises(ValueError, match="sample_rate_hz is 250"):
        read_signal_int16(tmp_path, row, 250)


def test_a_table_that_is_none_is_named(tmp_path: Path) -> None:
    """Missing, without a column, or with nonsense in it."""
    with pytest.raises(UnreadableFileError, match=r"scp_statements\.csv: No such file"):
        read_table(tmp_path)
    folder = _folder(tmp_path, {"age": "old"})
    with pytest.raises(UnreadableFileError, match=r"ptbxl_database\.csv: could not convert"):
        read_table(folder)
    (folder / "ptbxl_database.csv").write_text("ecg_id\n1\n")
    with pytest.raises(UnreadableFileError, match="there is no column 'scp_codes'"):
        read_table(folder)


def test_real_records_equal_what_the_wfdb_package_reads(ptbxl_small: Path) -> None:
    """At both rates: integers, gain, leads and rate."""
    rows = read_table(ptbxl_small)
    high_rate = [row for row in rows if (ptbxl_small / f"{row.file_stem_500hz}.dat").is_file()]
    assert high_rate
    for row, rate, stem in [
        *((row, 100, row.file_stem_100hz) for row in rows[:5]),
        *((row, 500, row.file_stem_500hz) for row in high_rate[:2]),
    ]:
        ours, theirs = read_record(ptbxl_small, row, rate), read_wfdb_record(ptbxl_small / stem)
        np.testing.assert_array_equal(ours.signal, theirs.signal)
        assert ours.lead_names == theirs.lead_names
        assert (ours.sample_rate_hz, ours.microvolts_per_unit) == (theirs.sample_rate_hz, theirs.microvolts_per_unit)


def test_a_real_folder_is_read_whole(ptbxl_small: Path) -> None:
    """560 records of folds 1 to 9, no patient in two folds."""
    rows = read_table(ptbxl_small)
    assert len(rows) == 560
    assert {row.fold for row in rows} == set(range(1, 10))
    assert len({(row.patient_id, row.fold) for row in rows}) == len({row.patient_id for row in rows})
    nine = list(read_ptbxl_recordings(ptbxl_small, folds=[9]))
    assert len(nine) == sum(row.fold == 9 for row in rows)
    assert {recording.metadata.first_infarction_stage for recording in nine} == {None}
