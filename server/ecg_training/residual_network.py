"""The residual network, a part of the default: blocks at falling time resolution, each of which weighs its channels.

Residual blocks: He et al., Deep residual learning for image recognition, 2016. Weighing channels by what they show in
the whole recording: Hu et al., Squeeze-and-excitation networks, 2018. The widths are chosen so that it has, together
with the reference network, at most a million parameters and 250 million operations a recording.
"""

from dataclasses import dataclass

import keras
from keras import layers

from ecg_model.recording import FloatArray
from ecg_training.network import REFERENCE_INPUTS, normalization

STEM_FILTERS = 48
STEM_KERNEL = 9
EMBEDDING_UNITS = 128
METADATA_UNITS = 32
METADATA_DROPOUT = 0.2
EMBEDDING_DROPOUT = 0.3
# Crops shorter than a recording are what it trains on, so the averages of normalisation move quickly.
NORMALIZATION_MOMENTUM = 0.95
EXCITATION_REDUCTION = 8


@dataclass(frozen=True, slots=True)
class Stage:
    """Blocks of one width; the first halves the time resolution."""

    filters: int
    kernel: int
    blocks: int


STAGES = (Stage(64, 5, 2), Stage(128, 5, 2), Stage(256, 3, 1))


def build_residual_network(
    metadata: FloatArray, signal: FloatArray, *, statement_count: int, sample_count: int | None, seed: int
) -> keras.Model:
    """Return the untrained network, its normalisation adapted to the training data.

    Its outputs are `probabilities` of the classes and of the `statements` behind them. The second is an exercise: it is
    there in training only, and makes the network learn what tells the statements of one class apart.

    Args:
        metadata: float32 [recording, 7], unknown values imputed.
        signal: float32 [recording, 1000, 12], millivolts.
        statement_count: statements of the second output; 0: there is none.
        sample_count: samples that it takes; None: any number.
        seed: of the initial weights and of dropout.
    """
    keras.utils.set_random_seed(seed)
    metadata_input = keras.Input(metadata.shape[1:], name=REFERENCE_INPUTS.metadata)
    signal_input = keras.Input((sample_count, signal.shape[2]), name=REFERENCE_INPUTS.signal)
    merged = layers.Concatenate()([_metadata_branch(metadata_input, metadata), *_signal_branch(signal_input, signal)])
    merged = layers.Dropout(EMBEDDING_DROPOUT)(merged)
    merged = layers.Dense(EMBEDDING_UNITS, activation="relu")(merged)
    merged = layers.Dropout(EMBEDDING_DROPOUT)(merged)
    outputs = [layers.Dense(5, activation="sigmoid", name="probabilities")(merged)]
    if statement_count:
        outputs.append(layers.Dense(statement_count, activation="sigmoid", name="statements")(merged))
    return keras.Model([metadata_input, signal_input], outputs, name="residual")


def _metadata_branch(tensor: keras.KerasTensor, data: FloatArray) -> keras.KerasTensor:
    tensor = layers.Dense(METADATA_UNITS, activation="relu")(normalization(data)(tensor))
    tensor = layers.Dropout(METADATA_DROPOUT)(tensor)
    return layers.Dense(METADATA_UNITS, activation="relu")(tensor)


def _signal_branch(tensor: keras.KerasTensor, data: FloatArray) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    tensor = _convolution(normalization(data)(tensor), STEM_FILTERS, STEM_KERNEL, strides=2)
    tensor = layers.ReLU()(tensor)
    for stage in STAGES:
        for index in range(stage.blocks):
            tensor = _block(tensor, stage, strides=2 if index == 0 else 1)
    return layers.GlobalAveragePooling1D()(tensor), layers.GlobalMaxPooling1D()(tensor)


def _block(tensor: keras.KerasTensor, stage: Stage, *, strides: int) -> keras.KerasTensor:
    shortcut = tensor
    if strides > 1:
        shortcut = layers.AveragePooling1D(strides, padding="same")(shortcut)
        shortcut = _convolution(shortcut, stage.filters, kernel=1)
    tensor = layers.ReLU()(_convolution(tensor, stage.filters, stage.kernel, strides=strides))
    tensor = _excited(_convolution(tensor, stage.filters, stage.kernel))
    return layers.ReLU()(layers.Add()([shortcut, tensor]))


def _convolution(tensor: keras.KerasTensor, filters: int, kernel: int, *, strides: int = 1) -> keras.KerasTensor:
    tensor = layers.Conv1D(filters, kernel, strides=strides, padding="same", use_bias=False)(tensor)
    return layers.BatchNormalization(momentum=NORMALIZATION_MOMENTUM)(tensor)


def _excited(tensor: keras.KerasTensor) -> keras.KerasTensor:
    """Return each channel times a weight that depends on the averages of all channels."""
    filters = tensor.shape[-1]
    weights = layers.GlobalAveragePooling1D()(tensor)
    weights = layers.Dense(filters // EXCITATION_REDUCTION, activation="relu")(weights)
    weights = layers.Dense(filters, activation="sigmoid")(weights)
    return layers.Multiply()([tensor, layers.Reshape((1, filters))(weights)])
