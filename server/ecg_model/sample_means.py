"""Means over the samples of a signal, fast: they are taken of every recording that is served."""

from functools import cache

import numpy as np

from ecg_model.recording import FloatArray


def sample_means(signals: FloatArray) -> FloatArray:
    """Return the mean of each lead of each window: float32 [window, 1, lead], of [window, sample, lead].

    A matrix product with a row of equal weights is five times as fast as numpy's own mean, whose inner loop is over
    twelve leads.
    """
    means: FloatArray = np.matmul(_equal_weights(signals.shape[1]), signals)
    return means


@cache
def _equal_weights(count: int) -> FloatArray:
    return np.full((1, count), 1 / count, dtype=np.float32)
