"""Offsets: what a lead's amplifier or electrode adds to all of its samples alike."""

import numpy as np

from ecg_model.recording import FloatArray
from ecg_model.sample_means import sample_means


def remove_offsets(signals: FloatArray, greatest: float) -> tuple[FloatArray, FloatArray]:
    """Return signals without offsets, and the offsets that were removed: float32 millivolts [window, lead], mostly 0.

    Args:
        signals: float32 millivolts [window, sample, lead].
        greatest: a lead whose mean is at most so many millivolts from 0 is left as it is.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows here does so in the network as well
        means = sample_means(signals)
    offsets = np.where(np.abs(means) > greatest, means, np.float32(0))
    if offsets.any():
        signals = signals - offsets
    return signals, offsets[:, 0]
