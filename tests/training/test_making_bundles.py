"""From a PTB-XL folder to a bundle that is served, on the command line."""

from pathlib import Path

import numpy as np
import pytest

from ecg_client.formats.synthetic import generate_recording
from ecg_model.bundle import SHIPPED_BUNDLES, read_bundle
from ecg_model.classifier import Prediction
from ecg_model.loading import Runtime, load_classifier
from ecg_model.recording import InfarctionStage, LeadName, PatientMetadata, Recording
from ecg_model.warning import WarningCode
from ecg_testing.golden import PARAMETERS
from ecg_training.__main__ import main
from ecg_training.dataset import read_rows
from ecg_training.specification import SIGNAL_RULE

RESIDUAL_PARAMETERS = 813_853
SHIPPED = SHIPPED_BUNDLES / "reference"


def check_bundle(folder: Path, recordings: int, parameters: int) -> None:
    """Check that a bundle is served in both runtimes, and that it says how it was made."""
    by_runtime = {runtime: load_classifier(str(folder), runtime) for runtime in Runtime}
    manifest = by_runtime[Runtime.ONNX].manifest
    signal = generate_recording(0).signal.astype(np.float32) / 1000
    staged = PatientMetadata(age_years=60, first_infarction_stage=InfarctionStage.III)
    patients = [PatientMetadata(age_years=60), staged]
    outcomes = {
        runtime: classifier.classify([Recording(signal, 100, tuple(LeadName), patient) for patient in patients])
        for runtime, classifier in by_runtime.items()
    }

    for unstaged_outcome, staged_outcome in outcomes.values():
        assert isinstance(unstaged_outcome, Prediction)
        assert isinstance(staged_outcome, Prediction)
        assert staged_outcome.probabilities == pytest.approx(unstaged_outcome.probabilities, abs=1e-6)
        codes = [one.code for one in staged_outcome.warnings]
        assert codes.count(WarningCode.METADATA_IGNORED) == 1
    tensorflow, onnx = outcomes[Runtime.TENSORFLOW][0], outcomes[Runtime.ONNX][0]
    assert isinstance(tensorflow, Prediction)
    assert isinstance(onnx, Prediction)
    assert tensorflow.probabilities == pytest.approx(onnx.probabilities, abs=1e-5)
    assert manifest.summary.parameter_count == parameters
    assert [one.code for one in manifest.classes] == ["NORM", "MI", "STTC", "CD", "HYP"]
    assert [point.name for point in manifest.operating_points] == [
        "f1",
        "sensitivity-90",
        "sensitivity-95",
        "specificity-95",
    ]
    assert manifest.abstention is not None
    assert manifest.signal_rule == SIGNAL_RULE
    assert [figure.name for figure in manifest.quality_figures] == [
        "macro_auc",
        *["auc"] * 5,
        "macro_auc_without_metadata",
        "macro_auc_of_most_certain_80_percent",
    ]
    assert (manifest.training["recordings"], manifest.training["epochs"]) == (recordings, 1)
    assert (folder / "ATTRIBUTION.md").is_file()


def test_training_on_a_folder_of_the_right_shape_writes_a_bundle_that_is_served(
    ptbxl_90: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line trains, shows progress, measures on fold 9 and says how to serve the bundle."""
    output = tmp_path / "bundle"
    status = main([str(ptbxl_90), "--output", str(output), "--checkpoints", str(tmp_path / "c"), "--epochs", "1"])

    printed = capsys.readouterr()
    assert status == 0
    assert "epoch 1/1" in printed.err
    assert "macro_auc" in printed.out
    assert f"--model {output}" in printed.out
    check_bundle(output, recordings=80, parameters=RESIDUAL_PARAMETERS)


def test_training_on_real_records_writes_a_bundle_that_is_served(ptbxl_small: Path, tmp_path: Path) -> None:
    """The reference network on a few hundred records of PTB-XL."""
    output = tmp_path / "bundle"
    where = ["--output", str(output), "--checkpoints", str(tmp_path / "c")]
    status = main([str(ptbxl_small), "--network", "reference", *where, "--epochs", "1"])

    assert status == 0
    check_bundle(output, recordings=len(read_rows(ptbxl_small, range(1, 9))), parameters=PARAMETERS)


def test_recalibrating_changes_everything_but_the_network(
    ptbxl_90: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shipped reference network on other data: the same weights and record, other thresholds."""
    output = tmp_path / "reference"
    status = main([str(ptbxl_90), "--recalibrate", str(SHIPPED), "--output", str(output)])

    shipped, anew = read_bundle(SHIPPED).manifest, read_bundle(output).manifest
    assert status == 0
    assert "epoch" not in capsys.readouterr().err
    assert anew.training == shipped.training
    assert anew.operating_points != shipped.operating_points
    assert (anew.sha256, anew.onnx_sha256, anew.input) == (shipped.sha256, shipped.onnx_sha256, shipped.input)


def test_a_folder_that_is_not_ptbxl_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says which file is missing, and the exit status is 1."""
    assert main([str(tmp_path), "--output", str(tmp_path / "bundle")]) == 1
    assert str(tmp_path) in capsys.readouterr().err
