"""What the measuring functions share: the layout they compute in, and what becomes of a figure that overflows."""

from functools import cache

import numpy as np

from ecg_model.recording import FloatArray

WORST = float(np.finfo(np.float32).max)
"""Stands for a figure too large for a float32."""


def lead_by_lead(signals: FloatArray) -> FloatArray:
    """Return signals [window, sample, lead] as [window, lead, sample], the samples of a lead side by side.

    Then every figure of a lead is computed over neighbours, several times as fast as over every twelfth number. What
    is a view of such an array already is not copied.
    """
    return np.ascontiguousarray(signals.swapaxes(1, 2))


def block_means(leads: FloatArray, length: int) -> FloatArray:
    """Return means [window, lead, block] of blocks of so many samples; a remainder at the end is left out.

    Args:
        leads: [window, lead, sample].
        length: of a block, in samples.
    """
    windows, count, samples = leads.shape
    blocks = samples // length
    whole = np.ascontiguousarray(leads[..., : blocks * length]).reshape(-1, length)
    means: FloatArray = whole @ _equal_weights(length)
    return means.reshape(windows, count, blocks)


@cache
def _equal_weights(count: int) -> FloatArray:
    return np.full(count, 1 / count, dtype=np.float32)


def worst_where_lost(figures: FloatArray) -> FloatArray:
    """Return figures with WORST in place of those that overflowed to infinity or NaN."""
    # Of a number and NaN fmin takes the number.
    return np.fmin(figures, np.float32(WORST))
