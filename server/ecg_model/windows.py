"""A recording in pieces of the length that a network sees."""

from collections.abc import Sequence
from math import ceil

import numpy as np
import numpy.typing as npt

from ecg_model.recording import BoolArray, FloatArray

# Windows of a long recording overlap by half, so that what one cuts through another shows whole.
STRIDE = 0.5

# Of its window a recording may have this much more and still be one: nothing is gained by looking twice.
TOLERANCE = 0.01


def window_starts(sample_count: int, window: int) -> tuple[int, ...]:
    """Return where the windows of a recording begin: the first at its start, the last at its end, evenly spread.

    A recording that is hardly longer than a window has one, from its middle; a shorter one has one too.

    Args:
        sample_count: samples of each lead of the recording.
        window: samples of each lead of a window.
    """
    spare = sample_count - window
    if spare <= window * TOLERANCE:
        return (max(spare, 0) // 2,)
    count = 1 + ceil(spare / (window * STRIDE))
    return tuple(round(index * spare / (count - 1)) for index in range(count))


def repeated(sample_count: int, window: int) -> npt.NDArray[np.intp]:
    """Return which samples of a short recording make up a window: all of them, again and again from the start.

    Of zeros, the lead's mean, its last value, its mirror image and this, this costs least (docs/recordings.md): what it
    adds looks like an ECG, but for the seam.

    Args:
        sample_count: samples of each lead of the recording.
        window: samples of each lead of the window.
    """
    return np.arange(window) % sample_count


def combine(probabilities: FloatArray, left_out: BoolArray, counts: Sequence[int]) -> FloatArray:
    """Return the probabilities of each recording, float32 [recording, class]: the mean over its windows.

    Windows that are left out do not count; a recording that has no others has no probabilities: its row is NaN. The
    mean keeps the calibration; the maximum would not, though it finds more of what shows in few windows
    (docs/recordings.md).

    Args:
        probabilities: calibrated, float32 [window, class].
        left_out: bool [window].
        counts: how many windows each recording has, at least 1; they lie one after the other.
    """
    if max(counts) == 1 and not left_out.any():
        return probabilities
    firsts = np.cumsum([0, *counts[:-1]])
    used = np.add.reduceat(~left_out, firsts, dtype=np.float32)[:, np.newaxis]
    sums = np.add.reduceat(np.where(left_out[:, np.newaxis], np.float32(0), probabilities), firsts, axis=0)
    means: FloatArray = np.divide(sums, used, out=np.full_like(sums, np.nan), where=used > 0)
    return means
