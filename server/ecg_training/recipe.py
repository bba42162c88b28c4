"""The networks that can be trained, and how each is: what it is built of, how its recordings vary, for how long."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np

from ecg_training.augmentation import augment_signal, distort_signal, forget_metadata, mix, shift
from ecg_training.dataset import Dataset
from ecg_training.network import build_reference_network
from ecg_training.residual_network import build_residual_network


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """How to train.

    Attributes:
        epochs: passes over the training recordings.
        seed: everything random follows from it.
        batch_size: recordings in a step.
        learning_rate: at its height, after the first twentieth of all steps.
        weight_decay: of AdamW.
        largest_gradient: norm to which the gradient of each weight is clipped; None: it is not.
        averaging: share of the old in a running average of the weights, which is what is shipped; None: no average.
        crop_samples: samples of a recording that one step sees; None: all of them, always.
        whole_epochs: the last epochs, which see whole recordings.
    """

    epochs: int
    seed: int = 0
    batch_size: int
    learning_rate: float
    weight_decay: float
    largest_gradient: float | None = None
    averaging: float | None = None
    crop_samples: int | None = None
    whole_epochs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A network and how it is trained.

    Attributes:
        build: makes it untrained, for a data set, a seed and a number of samples (None: any).
        vary: makes of a batch what one step is trained on, given how many samples of a recording that is.
        settings: how it is trained, unless told otherwise.
        has_statements: whether it also learns, as an exercise, the statements behind the classes.
    """

    build: Callable[[Dataset, int, int | None], keras.Model]
    vary: Callable[[Dataset, int, np.random.Generator], Dataset]
    settings: TrainingSettings
    has_statements: bool


def _build_reference(dataset: Dataset, seed: int, _sample_count: int | None) -> keras.Model:
    return build_reference_network(dataset.metadata, dataset.signal, seed=seed)


def _build_residual(dataset: Dataset, seed: int, sample_count: int | None) -> keras.Model:
    return build_residual_network(
        dataset.metadata,
        dataset.signal,
        statement_count=dataset.statements.shape[1],
        sample_count=sample_count,
        seed=seed,
    )


def _vary_a_little(batch: Dataset, _length: int, random: np.random.Generator) -> Dataset:
    metadata = forget_metadata(batch.metadata, batch.imputed, random)
    return replace(batch, metadata=metadata, signal=augment_signal(batch.signal, random))


def _vary_much(batch: Dataset, length: int, random: np.random.Generator) -> Dataset:
    metadata = forget_metadata(batch.metadata, batch.imputed, random)
    signal = distort_signal(shift(batch.signal, length, random), random)
    return mix(replace(batch, metadata=metadata, signal=signal), random)


RECIPES = {
    "residual": Recipe(
        build=_build_residual,
        vary=_vary_much,
        settings=TrainingSettings(
            epochs=36,
            batch_size=64,
            learning_rate=3e-3,
            weight_decay=2e-2,
            largest_gradient=1.0,
            averaging=0.999,
            crop_samples=500,
            whole_epochs=2,
        ),
        has_statements=True,
    ),
    "reference": Recipe(
        build=_build_reference,
        vary=_vary_a_little,
        settings=TrainingSettings(epochs=14, batch_size=64, learning_rate=2e-3, weight_decay=1e-2),
        has_statements=False,
    ),
}
