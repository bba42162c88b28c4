"""What is measured is what is served: both ways to ask give what a caller would get."""

from dataclasses import replace
from pathlib import Path

import grpc
import numpy as np
import pytest

from ecg_client.convert import recording_to_proto
from ecg_client.formats.ptbxl import read_recordings
from ecg_client.prediction import Abstention, ClassPrediction, ModelVersion, Prediction, RecordingError, RecordingResult
from ecg_evaluation.__main__ import JSON_FILE, MARKDOWN_FILE, PLOT_FILE, main
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import Evaluation
from ecg_evaluation.json_file import read_evaluation
from ecg_evaluation.model_recording import model_recording
from ecg_evaluation.served_model import Refusal, ServedPrediction
from ecg_evaluation.through_classifier import serve_classifier
from ecg_evaluation.through_server import served_prediction
from ecg_model.bundle import DEFAULT_BUNDLE, MANIFEST_FILE, SHIPPED_BUNDLES
from ecg_model.keras_file import sha256_of
from ecg_server.recording_conversion import recording_from_proto
from ecg_testing.fakes import fake_classifier
from ecg_testing.processes import ServerProcess

ALL_FOLDS = [str(fold) for fold in range(1, 10)]


def run(folder: Path, output: Path, *arguments: str) -> Evaluation:
    """Run the command line and return what it wrote."""
    assert main([str(folder), "--output", str(output), "--resamples", "20", *arguments]) == 0
    return read_evaluation(output / JSON_FILE)


def test_a_recording_is_what_the_server_makes_of_it(annotated_folder: Path) -> None:
    """Samples bit for bit, and everything that is known of the patient, stages and all."""
    for recording in read_recordings(annotated_folder, with_infarction_stages=True):
        here, there = model_recording(recording), recording_from_proto(recording_to_proto(recording))

        np.testing.assert_array_equal(here.signal, there.signal)
        assert here.signal.dtype == there.signal.dtype
        assert (here.lead_names, here.sample_rate_hz) == (there.lead_names, there.sample_rate_hz)
        assert here.metadata == there.metadata


def test_a_recording_that_the_model_refuses_gets_the_reason(annotated_folder: Path) -> None:
    """Its neighbours get their predictions, in order, whatever batch they are in."""
    recordings = list(read_recordings(annotated_folder))[:40]
    model = serve_classifier(fake_classifier())
    whole = list(model.predict(recordings))
    recordings[35] = replace(recordings[35], signal=recordings[35].signal[:249])

    assert list(model.predict(recordings)) == [*whole[:35], Refusal("SAMPLE_COUNT_UNSUPPORTED"), *whole[36:]]


THIRD = float(np.float32(1 / 3))


def result_of(*classes: tuple[float, float, bool]) -> RecordingResult:
    """Return a server's result for recording 7: probability, threshold and is_positive of each class."""
    predictions = tuple(ClassPrediction("A", "A", *one) for one in classes)
    abstentions = (Abstention("UNFAMILIAR", None, ""), Abstention("UNFAMILIAR", None, ""), Abstention("7", None, ""))
    prediction = Prediction("r", predictions, ModelVersion("m", "1", "0"), uncertainty=0.5, abstentions=abstentions)
    return RecordingResult("r", 7, prediction)


def test_what_a_server_says_is_taken_as_it_is() -> None:
    """A probability that is its threshold in float32 is a finding; a refusal has its reason."""
    assert served_prediction(result_of((THIRD, THIRD, True), (0.25, 0.5, False)), (THIRD, 0.5)) == ServedPrediction(
        (THIRD, 0.25), 0.5, frozenset({"UNFAMILIAR", "7"})
    )
    error = RecordingError(grpc.StatusCode.INVALID_ARGUMENT, "LEAD_MISSING", "lead V6 is missing")
    assert served_prediction(RecordingResult("r", 7, error=error), (0.5,)) == Refusal("LEAD_MISSING")


@pytest.mark.parametrize("told", [(THIRD, THIRD, False), (0.25, THIRD, True), (0.5, 0.25, True)])
def test_figures_are_not_computed_from_thresholds_that_were_not_served(told: tuple[float, float, bool]) -> None:
    """The findings, and the thresholds beside them, must be those of the operating point that the server named."""
    with pytest.raises(EvaluationError, match="findings in recording 7 of the stream"):
        served_prediction(result_of(told), (THIRD,))


def test_a_running_server_gets_the_figures_of_its_bundle(
    annotated_folder: Path, tmp_path: Path, default_server: ServerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line measures the default in its own process and in a server's, and the figures agree."""
    here = run(annotated_folder, tmp_path / "here", "--model", DEFAULT_BUNDLE, "--fold", *ALL_FOLDS)
    printed = capsys.readouterr().out
    there = run(annotated_folder, tmp_path / "there", "--address", default_server.address, "--fold", *ALL_FOLDS)

    assert (here.model.served_by, there.model.served_by) == ("classifier", "server")
    assert here.model.sha256 == there.model.sha256
    assert here.model.manifest_sha256 == sha256_of(SHIPPED_BUNDLES / DEFAULT_BUNDLE / MANIFEST_FILE)
    assert (here.model.runtime, there.model.runtime) == ("onnx", None)
    assert here.operating_points[0].description == there.operating_points[0].description
    for mine, other in zip(here.ranking, there.ranking, strict=True):
        assert mine.auc is not None
        assert other.auc is not None
        assert mine.auc.value == pytest.approx(other.auc.value, abs=2e-4)
    for decided, beside in zip(here.active_point.classes[:-1], there.active_point.classes[:-1], strict=True):
        assert decided.threshold is not None
        assert np.float32(decided.threshold) == beside.threshold
    assert here.metadata[2].greatest_probability_change < 1e-5
    assert printed == (tmp_path / "here" / MARKDOWN_FILE).read_text(encoding="utf-8") + "\n"
    assert (tmp_path / "here" / PLOT_FILE).is_file()


def test_the_files_of_the_model_card_are_named_after_bundle_and_fold(annotated_folder: Path, tmp_path: Path) -> None:
    """They are written in addition."""
    run(annotated_folder, tmp_path / "out", "--model", "reference", "--document", str(tmp_path / "docs"))

    assert sorted(path.name for path in (tmp_path / "docs").iterdir()) == [
        "reference-fold9.json",
        "reference-fold9.png",
    ]


def test_real_records_are_measured(ptbxl_small: Path, tmp_path: Path) -> None:
    """Some sixty of fold 9: too few for some figures, and the shipped model ignores the infarction stages."""
    evaluation = run(ptbxl_small, tmp_path, "--model", "reference")

    assert evaluation.data.recordings > 40
    assert evaluation.ranking[0].auc is not None
    assert evaluation.ranking[0].auc.value > 0.85
    assert (
        evaluation.metadata[2].greatest_probability_change < 1e-5 < evaluation.metadata[1].greatest_probability_change
    )
    assert evaluation.stage_leaks[1].unstaged_infarctions == 0


def test_mistakes_are_told_in_one_line(
    annotated_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is not PTB-XL, a model that is not there, an operating point that it has not."""
    for arguments, named in (
        ([str(tmp_path)], str(tmp_path)),
        ([str(annotated_folder), "--model", "nonesuch"], "nonesuch"),
        ([str(annotated_folder), "--model", "reference", "--operating-point", "nonesuch"], "nonesuch"),
    ):
        assert main([*arguments, "--output", str(tmp_path / "out")]) == 1
        message = capsys.readouterr().err.splitlines()[-1]
        assert message.startswith("ecg_evaluation: ")
        assert named in message
    assert not (tmp_path / "out").exists()


def test_a_running_server_brings_its_own_model(capsys: pytest.CaptureFixture[str]) -> None:
    """To name one beside an address is a mistake, as are a fold that PTB-XL lacks and intervals without resamples."""
    for arguments, problem in (
        (["folder", "--address", "127.0.0.1:1", "--model", "reference"], "--address"),
        (["folder", "--fold", "11"], "folds 1 to 10"),
        (["folder", "--resamples", "0"], "--resamples: must be at least 1"),
    ):
        with pytest.raises(SystemExit) as exited:
            main(arguments)
        assert exited.value.code == 2
        assert problem in capsys.readouterr().err
