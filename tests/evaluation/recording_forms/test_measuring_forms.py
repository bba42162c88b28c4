from pathlib import Path

import pytest

from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import ModelUsed
from ecg_evaluation.json_file import read_findings, to_json
from ecg_evaluation.recording_forms.__main__ import main
from ecg_evaluation.recording_forms.document import to_markdown
from ecg_evaluation.recording_forms.findings import RecordingForms
from ecg_evaluation.recording_forms.measuring import FormSettings, measure_forms
from ecg_evaluation.recording_forms.padding import PADDINGS, SERVED_PADDING
from ecg_model.classifier import Classifier
from ecg_model.warning import WarningCode

# Fifty recordings, ten of each class; the other folds tell how leads go together.
SETTINGS = FormSettings(folds=(5, 6, 7, 8, 9), resamples=5, part=1, damage_part=1)
USED = ModelUsed(
    name="fake", version="1", sha256="0" * 64, class_codes=("NORM", "MI", "STTC", "CD", "HYP"), served_by="classifier"
)


@pytest.fixture(scope="module")
def findings(folder_of_both_rates: Path, heights: Classifier) -> RecordingForms:
    """All that is measured of a fake model."""
    return measure_forms(folder_of_both_rates, heights, USED, SETTINGS)


def test_everything_is_measured_on_the_labelled_recordings(findings: RecordingForms) -> None:
    """Fifty of them; the recordings themselves are what they are compared with."""
    assert (findings.data.recordings, findings.data.folds, findings.data.resamples) == (50, (5, 6, 7, 8, 9), 5)
    assert (findings.maskable_leads, findings.greatest_offset_mv) == (2, 0.05)
    assert findings.originals.change is not None
    assert findings.originals.change.value == 0
    for one in (findings.originals, *findings.short, *findings.slow):
        assert one.recordings == 50
        assert one.macro_auc is not None


def test_other_orders_and_eight_leads_say_the_same(findings: RecordingForms) -> None:
    """The fake looks at limb leads, which are whole millionths of a volt in the file."""
    another_order, eight = findings.leads

    assert (another_order.recordings, another_order.greatest) == (50, 0.0)
    assert eight.greatest < 0.001


def test_recordings_at_both_rates_are_compared(findings: RecordingForms) -> None:
    """Two are there; a sample that stands five times is a staircase, and still correlates."""
    assert {one.recordings for one in findings.fast} == {2}
    assert len(findings.resampled_leads) == 12
    for lead in findings.resampled_leads:
        assert 0.5 < lead.least <= lead.median <= 1


def test_every_length_is_cut_from_three_places_and_filled_by_all_rules(findings: RecordingForms) -> None:
    """The served rule is marked, and says the same whether the service or the measurement follows it."""
    assert len(findings.short) == 9
    five = [one for one in findings.paddings if one.form == "5 s"]
    assert [one.rule for one in five] == list(PADDINGS)
    assert [one.rule for one in five if one.is_served] == [SERVED_PADDING]
    served = next(one for one in findings.short if one.form == "5 s, middle")
    assert five[0].class_aucs == served.class_aucs


def test_lost_leads_beyond_the_limit_are_measured_and_said_to_be_refused(findings: RecordingForms) -> None:
    """Losing V1 changes nothing for a model that looks at I, II, III, aVR and aVL; nothing it looks at remains of 0."""
    by_leads = {one.leads: one for one in findings.lost}

    assert by_leads["V1"].masked.change is not None
    assert (by_leads["V1"].answered, by_leads["V1"].masked.change.value) == (1.0, 0.0)
    assert (by_leads["all chest leads"].answered, by_leads["all chest leads"].masked.refused) == (0.0, 0)
    assert by_leads["all limb leads"].masked.class_aucs == (0.5,) * 5


def test_damage_is_measured_left_and_served(findings: RecordingForms) -> None:
    """An offset of all leads moves what the fake says, unless it is taken away."""
    offset = next(one for one in findings.damaged if (one.name, one.strength) == ("offset", "1 mV, all leads"))

    assert offset.changed == 1.0
    assert offset.left.bias is not None
    assert offset.served.bias is not None
    assert abs(offset.left.bias - offset.served.bias) > 0.05


def test_the_document_is_written_from_the_figures(findings: RecordingForms, tmp_path: Path) -> None:
    """What is read back is what was written, and all that a user should know is in it."""
    document = tmp_path / "recordings.md"
    document.with_suffix(".json").write_text(to_json(findings), encoding="utf-8")

    assert read_findings(document.with_suffix(".json"), RecordingForms, "", "") == findings
    assert main(["--document", str(document)]) == 0
    text = document.read_text(encoding="utf-8")
    assert text == to_markdown(findings, "recordings.json")
    assert "Not a medical device" in text
    for code in WarningCode:
        assert f"`{code.name}`" in text


def test_without_figures_there_is_no_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says what to run."""
    (tmp_path / "recordings.json").write_text("{}", encoding="utf-8")

    assert main(["--document", str(tmp_path / "recordings.md")]) == 1
    assert "run python -m ecg_evaluation.recording_forms again" in capsys.readouterr().err
    assert not (tmp_path / "recordings.md").exists()


def test_without_recordings_at_500_hz_nothing_is_measured(annotated_folder: Path, heights: Classifier) -> None:
    """It is said before minutes of work."""
    with pytest.raises(EvaluationError, match="no recording at 500 Hz"):
        measure_forms(annotated_folder, heights, USED, SETTINGS)
