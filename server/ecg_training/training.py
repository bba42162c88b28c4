"""Fits a network to PTB-XL: AdamW under a cosine schedule, one checkpoint an epoch.

Every epoch draws its order, its augmentation and its dropout from the seed and the epoch's number alone, so that a
training that was interrupted and resumed ends, but for rounding, with the weights of one that ran through.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

import keras
import numpy as np

from ecg_model.quiet_tensorflow import tf
from ecg_training.dataset import Dataset
from ecg_training.recipe import Recipe, TrainingSettings

STATE_FILE = "state.json"
EPOCHS_DONE = "epochs_done"
# Enough that what batch normalisation knew before, with a momentum of 0.95, is forgotten.
NORMALIZATION_STEPS = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training stands: after this step of this epoch the mean loss of the epoch is this."""

    epoch: int
    step: int
    steps: int
    loss: float


@dataclass(frozen=True, slots=True)
class Course:
    """A whole training: what to build and how, on what, for how long."""

    recipe: Recipe
    dataset: Dataset
    settings: TrainingSettings

    @property
    def steps(self) -> int:
        """How many steps an epoch has."""
        return -(-len(self.dataset) // self.settings.batch_size)

    @property
    def sample_count(self) -> int:
        """How many samples a recording has."""
        return int(self.dataset.signal.shape[1])

    def build(self, sample_count: int | None) -> keras.Model:
        """Return the untrained network for recordings of this many samples; None: of any number."""
        return self.recipe.build(self.dataset, self.settings.seed, sample_count)

    def batches(self, epoch: int) -> Iterator[Dataset]:
        """Yield what an epoch is trained on."""
        random = np.random.default_rng([self.settings.seed, epoch])
        length = self._length(epoch)
        for batch in self.shuffled(random):
            yield self.recipe.vary(batch, length, random)

    def shuffled(self, random: np.random.Generator) -> Iterator[Dataset]:
        """Yield all recordings once, in batches, as they are."""
        order = random.permutation(len(self.dataset))
        for start in range(0, len(order), self.settings.batch_size):
            yield self.dataset.rows(order[start : start + self.settings.batch_size])

    def _length(self, epoch: int) -> int:
        if self.settings.crop_samples is None or epoch >= self.settings.epochs - self.settings.whole_epochs:
            return self.sample_count
        return self.settings.crop_samples


def train(course: Course, folder: Path, on_progress: Callable[[Progress, keras.Model], None]) -> keras.Model:
    """Return a trained network that takes whole recordings and tells their classes.

    Args:
        course: what to train, and how. A checkpoint of other settings, other data or another network is not resumed.
        folder: where checkpoints go; calling again with the same one resumes.
        on_progress: is told after every step, and given the network as it is then.
    """
    make_deterministic()
    model = _compile(course)
    identity = {"settings": asdict(course.settings), "data": course.dataset.digest(), "network": _layers(model)}
    first_epoch = _resume(model, folder, identity)
    for epoch in range(first_epoch, course.settings.epochs):
        _train_epoch(model, course, epoch, on_progress)
        _save(model, folder, {**identity, EPOCHS_DONE: epoch + 1})
    if course.settings.averaging is not None:
        _average(model, course)
    return _for_service(course, model)


def _average(model: keras.Model, course: Course) -> None:
    """Give a network its averaged weights, and batch normalisation the statistics that belong to them.

    That averaged weights need statistics of their own: Izmailov et al., Averaging weights leads to wider optima and
    better generalization, 2018.
    """
    model.optimizer.finalize_variable_values(model.trainable_variables)
    forward = tf.function(lambda *inputs: model(inputs, training=True), reduce_retracing=True)
    batches = course.shuffled(np.random.default_rng(course.settings.seed))
    for batch in islice(batches, NORMALIZATION_STEPS):
        forward(tf.constant(batch.metadata), tf.constant(batch.signal))


def _for_service(course: Course, trained: keras.Model) -> keras.Model:
    """Return the network with the trained weights that takes whole recordings and tells their classes only."""
    model = course.build(course.sample_count)
    model.set_weights(trained.get_weights())
    return keras.Model(model.inputs, model.outputs[0], name=model.name)


def make_deterministic() -> None:
    """Make TensorFlow as deterministic as it can be; on several cores large sums still differ in their last bits."""
    tf.config.experimental.enable_op_determinism()


def _compile(course: Course) -> keras.Model:
    settings = course.settings
    model = course.build(None)
    steps = settings.epochs * course.steps
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=settings.learning_rate / 100,
        decay_steps=steps - steps // 20,
        warmup_target=settings.learning_rate,
        warmup_steps=steps // 20,
    )
    optimizer = keras.optimizers.AdamW(
        schedule,
        weight_decay=settings.weight_decay,
        clipnorm=settings.largest_gradient,
        use_ema=settings.averaging is not None,
        ema_momentum=settings.averaging or 0.0,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(optimizer=optimizer, loss=["binary_crossentropy"] * len(model.outputs), jit_compile=False)
    return model


def _layers(model: keras.Model) -> list[str]:
    """Return what the network is made of, without the names that Keras counts on from network to network."""
    return [f"{type(layer).__name__} {tuple(layer.output.shape)}" for layer in model.layers]


def _train_epoch(
    model: keras.Model, course: Course, epoch: int, on_progress: Callable[[Progress, keras.Model], None]
) -> None:
    _seed_dropout(model, course.settings.seed, epoch)
    losses: list[float] = []
    for step, batch in enumerate(course.batches(epoch), start=1):
        targets = [batch.labels, batch.statements][: len(model.outputs)]
        model.reset_metrics()
        losses.append(float(np.ravel(model.train_on_batch([batch.metadata, batch.signal], targets))[0]))
        on_progress(Progress(epoch + 1, step, course.steps, fmean(losses)), model)


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
