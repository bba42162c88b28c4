"""Fits a network to PTB-XL: AdamW under a cosine schedule, one checkpoint an epoch, the same weights for the same seed.

Every epoch draws its order, its augmentation and its dropout from the seed and the epoch's number alone, so that a
training that was interrupted and resumed ends with the weights of one that ran through.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ecg_model.quiet_tensorflow import tf
from ecg_model.recording import FloatArray
from ecg_training.augmentation import augment_signal, forget_metadata
from ecg_training.dataset import Dataset

STATE_FILE = "state.json"
EPOCHS_DONE = "epochs_done"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """How to train.

    Attributes:
        epochs: passes over the training recordings.
        seed: everything random follows from it.
        batch_size: recordings in a step.
        learning_rate: at its height, after the first twentieth of all steps.
        weight_decay: of AdamW.
    """

    epochs: int = 14
    seed: int = 0
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training stands: after this step of this epoch the mean loss of the epoch is this."""

    epoch: int
    step: int
    steps: int
    loss: float


def train(
    build: Callable[[], keras.Model],
    dataset: Dataset,
    settings: TrainingSettings,
    folder: Path,
    on_progress: Callable[[Progress, keras.Model], None],
) -> keras.Model:
    """Return a trained network.

    Args:
        build: makes the untrained network.
        dataset: what to train on.
        settings: how to train. A checkpoint of other settings, other data or another network is not resumed.
        folder: where checkpoints go; calling again with the same one resumes.
        on_progress: is told after every step.
    """
    make_deterministic()
    model = _compile(build(), len(dataset), settings)
    identity = {"settings": asdict(settings), "data": dataset.digest(), "network": _layers(model)}
    first_epoch = _resume(model, folder, identity)
    for epoch in range(first_epoch, settings.epochs):
        _train_epoch(model, dataset, settings, epoch, on_progress)
        _save(model, folder, {**identity, EPOCHS_DONE: epoch + 1})
    return model


def make_deterministic() -> None:
    """Make TensorFlow give the same weights for the same seed, at some cost in speed."""
    tf.config.experimental.enable_op_determinism()


def _compile(model: keras.Model, count: int, settings: TrainingSettings) -> keras.Model:
    steps = settings.epochs * _steps(count, settings)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=settings.learning_rate / 100,
        decay_steps=steps - steps // 20,
        warmup_target=settings.learning_rate,
        warmup_steps=steps // 20,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(optimizer=optimizer, loss="binary_crossentropy", jit_compile=False)
    return model


def _layers(model: keras.Model) -> list[str]:
    """Return what the network is made of, without the names that Keras counts on from network to network."""
    return [f"{type(layer).__name__} {tuple(layer.output.shape)}" for layer in model.layers]


def _steps(count: int, settings: TrainingSettings) -> int:
    return -(-count // settings.batch_size)


def _train_epoch(
    model: keras.Model,
    dataset: Dataset,
    settings: TrainingSettings,
    epoch: int,
    on_progress: Callable[[Progress, keras.Model], None],
) -> None:
    _seed_dropout(model, settings.seed, epoch)
    model.reset_metrics()
    steps = _steps(len(dataset), settings)
    for step, (inputs, labels) in enumerate(_batches(dataset, settings, epoch), start=1):
        loss = model.train_on_batch(inputs, labels)
        on_progress(Progress(epoch + 1, step, steps, float(np.ravel(loss)[0])), model)


def _batches(dataset: Dataset, settings: TrainingSettings, epoch: int) -> Iterator[tuple[list[FloatArray], FloatArray]]:
    random = np.random.default_rng([settings.seed, epoch])
    order = random.permutation(len(dataset))
    for start in range(0, len(order), settings.batch_size):
        batch = dataset.rows(order[start : start + settings.batch_size])
        metadata = forget_metadata(batch.metadata, dataset.imputed, random)
        yield [metadata, augment_signal(batch.signal, random)], batch.labels


def _seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    for index, layer in enumerate(model.layers):
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign(np.array([seed, epoch * 1000 + index], dtype=np.uint32))


def _save(model: keras.Model, folder: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint; the state, replaced last and at once, says which one counts."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = _checkpoint(folder, state[EPOCHS_DONE])
    model.save(checkpoint)
    partial = folder / f"partial-{STATE_FILE}"
    partial.write_text(json.dumps(state, indent=2), encoding="utf-8")
    partial.replace(folder / STATE_FILE)
    for older in set(folder.glob("checkpoint-*.keras")) - {checkpoint}:
        older.unlink()


def _resume(model: keras.Model, folder: Path, identity: dict[str, Any]) -> int:
    """Put a compiled model where the last checkpoint of this very training left it, and return the epochs done."""
    state_file = folder / STATE_FILE
    if not state_file.is_file():
        return 0
    state: dict[str, Any] = json.loads(state_file.read_text(encoding="utf-8"))
    epochs_done = int(state.pop(EPOCHS_DONE))
    if state != identity:
        return 0
    saved = keras.saving.load_model(_checkpoint(folder, epochs_done))
    # The values only: a loaded optimizer has forgotten which weights do not decay.
    model.set_weights(saved.get_weights())
    model.optimizer.build(model.trainable_variables)
    for variable, value in zip(model.optimizer.variables, saved.optimizer.variables, strict=True):
        variable.assign(value)
    return epochs_done


def _checkpoint(folder: Path, epochs_done: int) -> Path:
    return folder / f"checkpoint-{epochs_done:03}.keras"
