"""From a folder to the figures of signal quality, and to the report."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from ecg_evaluation.annotations import QUALITY_COLUMNS
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.signal_quality.__main__ import main
from ecg_evaluation.signal_quality.damages import all_damages
from ecg_evaluation.signal_quality.figures import QualityFigures
from ecg_evaluation.signal_quality.measuring import QualitySettings, measure_quality
from ecg_evaluation.signal_quality.report import to_markdown
from ecg_model.signal_quality.criteria import CRITERIA
from ecg_testing.ptbxl_folder import write_ptbxl_folder

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.fixture(scope="module")
def figures(annotated_folder: Path) -> QualityFigures:
    """Of synthetic records, of which every third and every fourth has a note."""
    return measure_quality(annotated_folder, QualitySettings(resamples=5))


def test_folds_and_clean_recordings_are_counted(figures: QualityFigures) -> None:
    """Labelled or not; clean are those without any note."""
    assert figures.data.recordings == (80, 11)
    assert figures.data.clean == (40, 5)
    assert (figures.data.chosen_on, figures.data.checked_on) == (tuple(range(1, 9)), (9,))


def test_synthetic_recordings_bring_no_warning(figures: QualityFigures) -> None:
    """Nor does a harmless change of them."""
    assert figures.any_warned == 0
    assert figures.any_warned_checked is not None
    assert figures.any_warned_checked.value == 0
    assert all(one.warned == 0 and one.masked == 0 for one in figures.clean)
    assert all(one.codes == {} for one in figures.harmless)


def test_each_criterion_column_and_damage_has_its_figures(figures: QualityFigures) -> None:
    """In the order in which they are listed."""
    assert [one.code for one in figures.clean] == [one.code.name for one in CRITERIA]
    assert [one.column for one in figures.noted[::4]] == list(QUALITY_COLUMNS)
    assert [(one.damage, one.strength) for one in figures.damages] == [
        (one.name, one.strength) for one in all_damages()
    ]


def test_notes_on_signals_like_all_others_tell_nothing(figures: QualityFigures) -> None:
    """Where few are noted no figure is given."""
    drift = figures.noted[0]
    empty = next(one for one in figures.noted if one.column == "electrodes_problems")

    assert (drift.recordings, drift.with_leads) == (31, 31)
    assert drift.auc is not None
    assert 0.3 < drift.auc.value < 0.7
    assert drift.auc_checked is None
    assert (empty.recordings, empty.auc, empty.lead_auc, empty.warned) == (0, None, None, 0)


def test_a_flat_lead_is_always_found(figures: QualityFigures) -> None:
    """And masked."""
    flat = figures.damages[0]

    assert (flat.damage, flat.warned, flat.masked) == ("flat at 0 mV", 1, 1)
    assert flat.auc is not None
    assert flat.auc.value == 1


def test_the_same_seed_gives_the_same_figures(annotated_folder: Path, figures: QualityFigures) -> None:
    """To the last digit that is kept."""
    assert measure_quality(annotated_folder, QualitySettings(resamples=5)) == figures


def test_the_command_writes_report_and_figures(
    annotated_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Side by side, and prints the report."""
    document = tmp_path / "docs" / "quality.md"

    assert main([str(annotated_folder), "--document", str(document), "--resamples", "5"]) == 0
    report = document.read_text(encoding="utf-8")
    read = TypeAdapter(QualityFigures).validate_json((tmp_path / "docs" / "quality.json").read_bytes(), extra="forbid")
    assert report == to_markdown(read, "quality")
    assert report in capsys.readouterr().out
    assert "| `electrodes_problems` | – | – | – | – |" in report
    assert "Not a medical device" in report


def test_a_folder_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with status 1."""
    assert main([str(tmp_path)]) == 1
    assert "scp_statements.csv" in capsys.readouterr().err


def test_a_folder_without_the_checked_fold_is_refused(annotated_folder: Path) -> None:
    """There is nothing to check on."""
    with pytest.raises(EvaluationError, match="no clean recording in some of the folds"):
        measure_quality(annotated_folder, QualitySettings(checked_on=(10,)))


def test_a_table_without_the_notes_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the column that lacks."""
    folder = write_ptbxl_folder(tmp_path / "bare", count=10)

    assert main([str(folder)]) == 1
    assert "baseline_drift" in capsys.readouterr().err


def test_the_committed_page_is_what_the_committed_figures_say() -> None:
    """And both are of the thresholds that are in use."""
    committed = DOCS / "quality.json"
    read = TypeAdapter(QualityFigures).validate_json(committed.read_bytes(), extra="forbid")

    assert (DOCS / "quality.md").read_text(encoding="utf-8") == to_markdown(read, "quality")
    assert [(one.code, one.warns_from, one.unusable_from) for one in read.clean] == [
        (one.code.name, one.warns_from, one.unusable_from) for one in CRITERIA
    ]
    assert "NaN" not in json.dumps(json.loads(committed.read_text(encoding="utf-8")))


def test_fewer_than_two_percent_of_clean_recordings_are_warned_of() -> None:
    """On the folds on which the thresholds were chosen, and on the one that had no part in it."""
    read = TypeAdapter(QualityFigures).validate_json((DOCS / "quality.json").read_bytes())

    assert read.any_warned < 0.02
    assert read.any_warned_checked is not None
    assert read.any_warned_checked.value < 0.02
