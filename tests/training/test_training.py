"""Training, small: the same weights for the same seed, interrupted or not, and a bundle that is served."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from ecg_model.bundle import SHIPPED_BUNDLES, read_bundle
from ecg_model.classifier import Prediction
from ecg_model.loading import Runtime, load_classifier
from ecg_model.recording import InfarctionStage, LeadName, PatientMetadata, Recording
from ecg_model.warning import WarningCode
from ecg_testing.golden import PARAMETERS
from ecg_testing.ptbxl_folder import write_ptbxl_folder
from ecg_training.__main__ import main
from ecg_training.dataset import Dataset, read_dataset, read_rows, statements_in
from ecg_training.recipe import RECIPES
from ecg_training.specification import learn_specification
from ecg_training.training import Course, Progress, train

RECORDS = 90
RESIDUAL_PARAMETERS = 813_853
KERNEL_DIMENSIONS = 3  # of a convolution: samples, channels in, channels out
SHIPPED = SHIPPED_BUNDLES / "reference"
# The shortest training that has all of it: an epoch of crops and one of whole recordings, and averaged weights.
RECIPE = RECIPES["residual"]
SETTINGS = replace(RECIPE.settings, seed=7, epochs=2, batch_size=32, crop_samples=200, whole_epochs=1)


@pytest.fixture(scope="module")
def ptbxl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of synthetic records: ten in each of folds 1 to 9, two of each class."""
    return write_ptbxl_folder(tmp_path_factory.mktemp("ptbxl") / "synthetic", count=RECORDS)


@pytest.fixture(scope="module")
def dataset(ptbxl_folder: Path) -> Dataset:
    """The training folds."""
    rows = read_rows(ptbxl_folder, range(1, 9))
    return read_dataset(ptbxl_folder, rows, learn_specification(rows), statements_in(rows))


@pytest.fixture(scope="module")
def course(dataset: Dataset) -> Course:
    """A short training."""
    return Course(RECIPE, dataset, SETTINGS)


class InterruptedTrainingError(Exception):
    """Somebody pressed Ctrl-C."""


def weights_after(
    course: Course,
    folder: Path,
    on_progress: Callable[[Progress, Any], None] = lambda _progress, _model: None,
) -> list[np.ndarray]:
    """Return the weights of a training whose checkpoints lie in a folder."""
    return [np.array(weight) for weight in train(course, folder, on_progress).get_weights()]


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the training that ran through has its checkpoints."""
    return tmp_path_factory.mktemp("through")


@pytest.fixture(scope="module")
def trained(course: Course, checkpoints: Path) -> list[np.ndarray]:
    """The weights of a training that ran through."""
    return weights_after(course, checkpoints)


def test_one_seed_gives_one_network(course: Course, trained: list[np.ndarray], tmp_path: Path) -> None:
    """Training twice gives the same weights, bit for bit."""
    for once, again in zip(trained, weights_after(course, tmp_path), strict=True):
        np.testing.assert_array_equal(once, again)


def test_a_training_that_was_interrupted_goes_on(course: Course, trained: list[np.ndarray], tmp_path: Path) -> None:
    """Broken off in its second epoch and called again, it ends with the weights of one that ran through."""
    seen: list[Progress] = []

    def interrupt(progress: Progress, _model: object) -> None:
        seen.append(progress)
        if (progress.epoch, progress.step) == (2, 1):
            raise InterruptedTrainingError

    with pytest.raises(InterruptedTrainingError):
        weights_after(course, tmp_path, interrupt)
    first_run = len(seen)
    resumed = weights_after(course, tmp_path, lambda progress, _model: seen.append(progress))

    assert [(one.epoch, one.step) for one in seen[:first_run]] == [(1, 1), (1, 2), (1, 3), (2, 1)]
    assert [(one.epoch, one.step) for one in seen[first_run:]] == [(2, 1), (2, 2), (2, 3)]
    assert all(np.isfinite(one.loss) for one in seen)
    for once, again in zip(trained, resumed, strict=True):
        np.testing.assert_allclose(once, again, rtol=0, atol=1e-6)


def test_a_training_that_is_done_is_not_done_again(
    course: Course, trained: list[np.ndarray], checkpoints: Path
) -> None:
    """Called with the same settings it returns the network it has."""
    seen: list[Progress] = []
    again = weights_after(course, checkpoints, lambda progress, _model: seen.append(progress))

    assert seen == []
    for one, other in zip(trained, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_of_other_settings_is_not_resumed(
    course: Course, trained: list[np.ndarray], checkpoints: Path
) -> None:
    """With another seed the training begins anew, at its first epoch and from other weights."""
    first: list[Progress] = []

    def interrupt(progress: Progress, model: Any) -> None:
        first.append(progress)
        kernels = [
            (one, other)
            for one, other in zip(trained, model.get_weights(), strict=False)
            if one.shape == other.shape and one.ndim == KERNEL_DIMENSIONS
        ]
        assert kernels
        assert not any((one == other).all() for one, other in kernels)
        raise InterruptedTrainingError

    other = Course(course.recipe, course.dataset, replace(course.settings, seed=8))
    with pytest.raises(InterruptedTrainingError):
        weights_after(other, checkpoints, interrupt)
    assert (first[0].epoch, first[0].step) == (1, 1)


def test_the_weights_that_are_shipped_are_an_average(
    course: Course, trained: list[np.ndarray], checkpoints: Path
) -> None:
    """They are not those of the last step, which lie in the checkpoint; the exercise of training is left behind."""
    last = keras.saving.load_model(next(checkpoints.glob("*.keras"))).get_weights()
    served = [one for one in last if one.shape[-1:] != course.dataset.statements.shape[1:]]

    assert len(served) == len(trained)
    kernels = [(one, other) for one, other in zip(trained, served, strict=True) if one.ndim == KERNEL_DIMENSIONS]
    assert kernels
    assert not any(np.array_equal(one, other) for one, other in kernels)


def check_bundle(folder: Path, recordings: int, parameters: int) -> None:
    """Check that a bundle is served in both runtimes, and that it says how it was made."""
    by_runtime = {runtime: load_classifier(str(folder), runtime) for runtime in Runtime}
    manifest = by_runtime[Runtime.ONNX].manifest
    signal = np.random.default_rng(0).normal(size=(1000, 12)).astype(np.float32)
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
    assert [figure.name for figure in manifest.quality_figures] == [
        "macro_auc",
        *["auc"] * 5,
        "macro_auc_without_metadata",
        "macro_auc_of_most_certain_80_percent",
    ]
    assert (manifest.training["recordings"], manifest.training["epochs"]) == (recordings, 1)
    assert (folder / "ATTRIBUTION.md").is_file()


def test_training_on_a_folder_of_the_right_shape_writes_a_bundle_that_is_served(
    ptbxl_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line trains, shows progress, measures on fold 9 and says how to serve the bundle."""
    output = tmp_path / "bundle"
    status = main([str(ptbxl_folder), "--output", str(output), "--checkpoints", str(tmp_path / "c"), "--epochs", "1"])

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
    ptbxl_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shipped reference network on other data: the same weights and record, other thresholds."""
    output = tmp_path / "reference"
    status = main([str(ptbxl_folder), "--recalibrate", str(SHIPPED), "--output", str(output)])

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
