"""The reference network: three convolutions over the signal beside a small dense branch over the metadata."""

import keras
import numpy as np
from keras import layers

from ecg_model.keras_file import InputNames
from ecg_model.recording import FloatArray

REFERENCE_INPUTS = InputNames(metadata="X_inputs", signal="Y_inputs")


def build_reference_network(metadata: FloatArray, signal: FloatArray, *, seed: int) -> keras.Model:
    """Return the untrained reference network, its normalisation adapted to the training data.

    Args:
        metadata: float32 [recording, 7], unknown values imputed.
        signal: float32 [recording, 1000, 12], millivolts.
        seed: of the initial weights and of dropout.
    """
    keras.utils.set_random_seed(seed)
    metadata_input = keras.Input(metadata.shape[1:], name=REFERENCE_INPUTS.metadata)
    signal_input = keras.Input(signal.shape[1:], name=REFERENCE_INPUTS.signal)
    merged = layers.Concatenate()([_metadata_branch(metadata_input, metadata), _signal_branch(signal_input, signal)])
    merged = layers.Dense(128, activation="relu")(merged)
    merged = layers.Dense(128, activation="relu")(merged)
    merged = layers.Dropout(0.5)(merged)
    probabilities = layers.Dense(5, activation="sigmoid", name="probabilities")(merged)
    return keras.Model([metadata_input, signal_input], probabilities, name="reference")


def _metadata_branch(tensor: keras.KerasTensor, data: FloatArray) -> keras.KerasTensor:
    tensor = normalization(data)(tensor)
    for _ in range(2):
        tensor = layers.Dropout(0.2)(layers.Dense(32, activation="relu")(tensor))
    return tensor


def _signal_branch(tensor: keras.KerasTensor, data: FloatArray) -> keras.KerasTensor:
    tensor = normalization(data)(tensor)
    tensor = layers.MaxPooling1D(2)(_convolution_block(tensor, filters=64, kernel=7))
    tensor = layers.MaxPooling1D(2)(_convolution_block(tensor, filters=128, kernel=3))
    tensor = layers.GlobalAveragePooling1D()(_convolution_block(tensor, filters=256, kernel=3))
    return layers.Dropout(0.3)(tensor)


def _convolution_block(tensor: keras.KerasTensor, *, filters: int, kernel: int) -> keras.KerasTensor:
    tensor = layers.Conv1D(filters, kernel, padding="same")(tensor)
    return layers.ReLU()(layers.BatchNormalization()(tensor))


def normalization(data: FloatArray) -> layers.Normalization:
    """Return a layer that scales each feature or lead to mean 0 and variance 1, as they are in the data."""
    layer = layers.Normalization(axis=-1)
    # A few thousand recordings tell a lead's mean and variance to four digits, and fit in memory as float64.
    layer.adapt(np.asarray(data[:4000]))
    return layer
