"""Baseline wander: breathing, sweat and movement of the electrodes, slower than the heart."""

from functools import cache

import numpy as np

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.figures import block_means, lead_by_lead, worst_where_lost

# The 99.8th percentile of clean PTB-XL recordings (docs/quality.md).
WARNS_FROM_MV = 3.2

_BLOCK_SECONDS = 0.2
# A bell of 1.6 s from foot to foot: what is faster than about 1 Hz averages out.
_BELL_BLOCKS = 7


@np.errstate(over="ignore", invalid="ignore")
def wander_mv(signals: FloatArray, sample_rate_hz: float) -> FloatArray:
    """Return how far the baseline of each lead wanders, in mV from its least to its greatest value [window, lead].

    The baseline is the signal smoothed until nothing faster than about 1 Hz remains. A step moves it, too. Windows
    shorter than 1.4 s have no baseline to speak of: 0.

    Args:
        signals: float32 millivolts [window, sample, lead].
        sample_rate_hz: their samples per second.
    """
    means = block_means(lead_by_lead(signals), max(1, round(_BLOCK_SECONDS * sample_rate_hz)))
    if means.shape[-1] < _BELL_BLOCKS:
        return np.zeros(means.shape[:-1], dtype=np.float32)
    baseline = means @ _bells(means.shape[-1])
    return worst_where_lost(baseline.max(axis=-1) - baseline.min(axis=-1))


@cache
def _bells(blocks: int) -> FloatArray:
    """Return the weights [block, place] of the blocks around each place."""
    bell = np.hanning(_BELL_BLOCKS + 2)[1:-1]
    places = blocks - _BELL_BLOCKS + 1
    weights = np.zeros((blocks, places), dtype=np.float32)
    for place in range(places):
        weights[place : place + _BELL_BLOCKS, place] = bell / bell.sum()
    return weights
