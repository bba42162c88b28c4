"""Variations of a training recording that leave what it shows unchanged. Pure functions of a random generator."""

import numpy as np

from ecg_model.recording import FloatArray

GAIN_SPREAD = 0.1
METADATA_DROPOUT = 0.3
METADATA_ABSENT = 0.2


def augment_signal(signal: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return a batch [recording, sample, lead], each recording shifted in time (round the end) and scaled a little."""
    count, length, _ = signal.shape
    shifts = random.integers(0, length, size=(count, 1))
    gains = random.uniform(1 - GAIN_SPREAD, 1 + GAIN_SPREAD, size=(count, 1, 1))
    samples = (np.arange(length) + shifts) % length
    shifted = np.take_along_axis(signal, samples[:, :, np.newaxis], axis=1)
    scaled: FloatArray = shifted * gains.astype(np.float32)
    return scaled


def forget_metadata(metadata: FloatArray, imputed: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return a batch [recording, feature] in which values are unknown at random.

    Each value is forgotten now and then, and some recordings lose all of them, so that the network learns that an
    imputed value says nothing.
    """
    forgotten = random.random(metadata.shape) < METADATA_DROPOUT
    forgotten |= random.random((len(metadata), 1)) < METADATA_ABSENT
    return np.where(forgotten, imputed, metadata)
