"""Makes the golden files beside it: the reference network with random weights, and what the Keras that wrote it says.

    python make_golden.py keras2.keras      under TensorFlow 2.15, which writes the dialect of Keras 2
    python make_golden.py keras3.keras      under TensorFlow 2.16 or later, which writes that of Keras 3

The weights, the data that the normalisation is adapted to and the recordings are all drawn from fixed seeds. The first
file takes metadata and signal in this order, the second the other way round. Beside each .keras file lies an .npz with
`metadata` (float32 [recording, 7]), `microvolts` (int16 [recording, sample, lead]) and `probabilities` (float32
[recording, class]).
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

keras = tf.keras
layers = keras.layers

SEED = 20
RECORDINGS = 4
SEX_FEMALE = 0.5
PACEMAKER = 0.2


def main(file_name: str) -> None:
    """Write one .keras file and its .npz."""
    path = Path(__file__).parent / file_name
    random = np.random.default_rng(SEED)
    metadata, microvolts = draw_recordings(random, 64)
    signal = microvolts.astype(np.float32) / np.float32(1000)
    model = build(metadata, signal, is_signal_first="3" in file_name)
    randomise(model, random)
    model.save(path)
    by_shape = {2: metadata[:RECORDINGS], 3: signal[:RECORDINGS]}
    probabilities = model.predict([by_shape[len(tensor.shape)] for tensor in model.inputs], verbose=0)
    np.savez_compressed(
        path.with_suffix(".npz"),
        metadata=metadata[:RECORDINGS],
        microvolts=microvolts[:RECORDINGS],
        probabilities=probabilities,
    )
    sys.stdout.write(f"{path.name}: TensorFlow {tf.__version__}, {model.count_params()} parameters\n{probabilities}\n")


def draw_recordings(random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return metadata and signals (int16 microvolts): a beat of random size in each lead, and noise."""
    metadata = np.zeros((count, 7), dtype=np.float32)
    metadata[:, 0] = random.integers(20, 90, count)
    metadata[:, 1] = random.random(count) < SEX_FEMALE
    metadata[:, 2] = random.integers(150, 200, count)
    metadata[:, 3] = random.integers(50, 120, count)
    metadata[:, 4] = random.integers(0, 6, count)
    metadata[:, 5] = random.integers(0, 4, count)
    metadata[:, 6] = random.random(count) < PACEMAKER
    phase = 2 * np.pi * np.arange(1000)[:, np.newaxis] / random.integers(60, 120, (count, 1, 1))
    beats = np.exp(8 * (np.cos(phase) - 1)) * random.normal(0, 800, (count, 1, 12))
    return metadata, np.round(beats + random.normal(0, 60, beats.shape)).astype(np.int16)


def build(metadata: np.ndarray, signal: np.ndarray, *, is_signal_first: bool) -> Any:
    """Return the reference network, its normalisation adapted."""
    keras.utils.set_random_seed(SEED)
    metadata_input = keras.Input((7,), name="X_inputs")
    signal_input = keras.Input((1000, 12), name="Y_inputs")
    left = normalised(metadata_input, metadata)
    for _ in range(2):
        left = layers.Dropout(0.2)(layers.Dense(32, activation="relu")(left))
    right = normalised(signal_input, signal)
    right = layers.MaxPooling1D(2)(convolved(right, 64, 7))
    right = layers.MaxPooling1D(2)(convolved(right, 128, 3))
    right = layers.GlobalAveragePooling1D()(convolved(right, 256, 3))
    merged = layers.Concatenate()([left, layers.Dropout(0.3)(right)])
    merged = layers.Dense(128, activation="relu")(layers.Dense(128, activation="relu")(merged))
    probabilities = layers.Dense(5, activation="sigmoid")(layers.Dropout(0.5)(merged))
    inputs = [signal_input, metadata_input] if is_signal_first else [metadata_input, signal_input]
    return keras.Model(inputs, probabilities)


def normalised(tensor: Any, data: np.ndarray) -> Any:
    """Return a tensor scaled as the data has it."""
    layer = layers.Normalization(axis=-1)
    layer.adapt(data)
    return layer(tensor)


def convolved(tensor: Any, filters: int, kernel: int) -> Any:
    """Return a tensor after one block of the signal's branch."""
    tensor = layers.Conv1D(filters, kernel, padding="same")(tensor)
    return layers.ReLU()(layers.BatchNormalization()(tensor))


def randomise(model: Any, random: np.random.Generator) -> None:
    """Give every batch normalisation statistics of its own and the last layer weights that spread its probabilities."""
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()])
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([kernel * 4, random.normal(0, 0.5, bias.shape)])


if __name__ == "__main__":
    main(sys.argv[1])
