from pathlib import Path

import pytest

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.ptbxl import read_table
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import StageLeak
from ecg_evaluation.fold import read_fold
from ecg_evaluation.groups import age_band, groupings_of
from ecg_evaluation.stage_leak import measure_stage_leaks


@pytest.mark.parametrize(
    ("age_years", "band"),
    [
        (None, "unknown"),
        (0, "<40"),
        (39.9, "<40"),
        (40, "40–59"),
        (59, "40–59"),
        (60, "60–79"),
        (80, "≥80"),
        (90, "≥80"),
    ],
)
def test_age_bands_begin_at_forty_sixty_and_eighty(age_years: float | None, band: str) -> None:
    """The age of 300 was read as 90 before."""
    assert age_band(age_years) == band


def test_a_fold_is_divided_by_what_the_table_notes(annotated_folder: Path) -> None:
    """Every division holds each recording once; blanks count as nothing noted."""
    fold = read_fold(annotated_folder, [9])
    groupings = {
        one.column: {value: int(members.sum()) for value, members in one.groups()} for one in groupings_of(fold)
    }

    assert groupings == {
        "sex": {"female": 5, "male": 5},
        "age": {"60–79": 5, "≥80": 5},
        "device": {"AT-6 C 5.5": 5, "CS-12 E": 5},
        "baseline_drift": {"noted": 2, "not noted": 8},
        "static_noise": {"not noted": 10},
        "burst_noise": {"noted": 3, "not noted": 7},
        "electrodes_problems": {"not noted": 10},
    }


def test_unlabelled_recordings_are_left_out_and_counted(annotated_folder: Path) -> None:
    """One of fold 9 has no diagnostic statement."""
    fold = read_fold(annotated_folder, [9])

    assert (len(fold.rows), fold.unlabelled, fold.folds) == (10, 1, (9,))
    assert fold.labels(("MI", "NORM"))[:, 1].tolist() == [row.labels[0] == 1 for row in fold.rows]


def test_a_fold_that_is_not_there_is_named(annotated_folder: Path) -> None:
    """As is a class that the table does not have."""
    with pytest.raises(EvaluationError, match="no labelled recording in fold 10"):
        read_fold(annotated_folder, [10])
    with pytest.raises(EvaluationError, match="tells AFIB"):
        read_fold(annotated_folder, [9]).labels(("NORM", "AFIB"))


def test_a_table_without_the_annotations_is_named(annotated_folder: Path, tmp_path: Path) -> None:
    """With the column that it lacks."""
    for name in ("ptbxl_database.csv", "scp_statements.csv"):
        text = (annotated_folder / name).read_text(encoding="utf-8").replace("burst_noise", "noise")
        (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableFileError, match="burst_noise"):
        read_fold(tmp_path, [9])


def test_the_stage_leak_counts_infarctions_with_and_without_a_stage(annotated_folder: Path) -> None:
    """Here every infarction has a stage, and nothing else has; unlabelled recordings count too."""
    assert len(read_table(annotated_folder, folds=[9])) == 11
    leaks = measure_stage_leaks(annotated_folder, (9,))

    assert leaks == (
        StageLeak(folds=(9,), staged=2, staged_infarctions=2, unstaged=9, unstaged_infarctions=0),
        StageLeak(folds=tuple(range(1, 9)), staged=16, staged_infarctions=16, unstaged=64, unstaged_infarctions=0),
    )
