"""Training, small: the same weights for the same seed, but for rounding, interrupted or not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from ecg_training.dataset import Dataset, read_dataset, read_rows, statements_in
from ecg_training.recipe import RECIPES
from ecg_training.residual_network import Stage
from ecg_training.specification import learn_specification
from ecg_training.training import Course, Progress, train

KERNEL_DIMENSIONS = 3  # of a convolution: samples, channels in, channels out
# The shortest training that has all of it: an epoch of crops and one of whole recordings, and averaged weights.
RECIPE = RECIPES["residual"]
SETTINGS = replace(RECIPE.settings, seed=7, epochs=2, batch_size=40, crop_samples=200, whole_epochs=1)


@pytest.fixture(scope="module")
def dataset(ptbxl_90: Path) -> Dataset:
    """The training folds."""
    rows = read_rows(ptbxl_90, range(1, 9))
    return read_dataset(ptbxl_90, rows, learn_specification(rows), statements_in(rows))


@pytest.fixture(scope="module")
def course(dataset: Dataset) -> Iterator[Course]:
    """A short training of a network with one small block: TensorFlow takes half a minute to trace the real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ecg_training.residual_network.STAGES", (Stage(filters=8, kernel=3, blocks=1),))
        yield Course(RECIPE, dataset, SETTINGS)


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
    """Training twice gives the same weights, but for the order in which several cores add up."""
    for once, again in zip(trained, weights_after(course, tmp_path), strict=True):
        np.testing.assert_allclose(once, again, rtol=0, atol=1e-5)


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

    assert [(one.epoch, one.step) for one in seen[:first_run]] == [(1, 1), (1, 2), (2, 1)]
    assert [(one.epoch, one.step) for one in seen[first_run:]] == [(2, 1), (2, 2)]
    assert all(np.isfinite(one.loss) for one in seen)
    for once, again in zip(trained, resumed, strict=True):
        np.testing.assert_allclose(once, again, rtol=0, atol=1e-5)


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
