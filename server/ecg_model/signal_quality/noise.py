"""High-frequency noise: tremor of muscles, mains hum, a loose contact."""

import numpy as np

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.figures import block_means, lead_by_lead, worst_where_lost

# The 99.8th percentile of clean PTB-XL recordings, at 100 Hz (docs/quality.md).
WARNS_FROM_MV = 0.04
# With that much white noise the middle lead of PTB-XL shares a quarter of its variance with what it was (correlation
# 0.5). A burst counts like noise throughout, so this asks for more than other faults do.
UNUSABLE_FROM_MV = 0.25

_BLOCK_SECONDS = 0.1
# A QRS complex fills one or two of six blocks, at any usual heart rate; the quietest of six holds none.
_NEIGHBOURS = 6
_ORDER = 3
# Third differences of white noise have twenty times its variance.
_VARIANCE_GAIN = 20
# Windows whose differences are taken together: few enough to stay in the cache, and below the size from which on every
# array is fetched anew from the operating system, which costs more than the arithmetic.
_AT_ONCE = 2


@np.errstate(over="ignore", invalid="ignore")
def noise_mv(signals: FloatArray, sample_rate_hz: float) -> FloatArray:
    """Return the high-frequency noise of each lead between its beats, root mean square in mV [window, lead].

    It is what third differences leave (at 100 Hz: above about 20 Hz), scaled so that white noise gives about its
    standard deviation. Of each 0.6 s the quietest tenth of a second counts, which no QRS complex reaches; of all those
    the noisiest. So a burst must last 0.6 s to be seen. Windows shorter than that: 0.

    Args:
        signals: float32 millivolts [window, sample, lead].
        sample_rate_hz: their samples per second.
    """
    leads = lead_by_lead(signals)
    length = max(1, round(_BLOCK_SECONDS * sample_rate_hz))
    blocks = (leads.shape[-1] - _ORDER) // length
    if blocks < _NEIGHBOURS:
        return np.zeros(leads.shape[:-1], dtype=np.float32)
    parts = (leads[start : start + _AT_ONCE] for start in range(0, len(leads), _AT_ONCE))
    power = np.concatenate([block_means(_squared_third_differences(part), length) for part in parts])
    # The last samples of a lead have no third differences: the block they are in is left out.
    power = power[..., :blocks]
    quietest = np.minimum(power[..., :-1], power[..., 1:])
    quietest = np.minimum(np.minimum(quietest[..., :-4], quietest[..., 2:-2]), quietest[..., 4:])
    return worst_where_lost(np.sqrt(quietest.max(axis=-1) * np.float32(1 / _VARIANCE_GAIN)))


def _squared_third_differences(leads: FloatArray) -> FloatArray:
    """Return them in the layout of the leads; the last three of each lead mean nothing."""
    # One long row for all leads: a single loop, and no sample is moved.
    row = leads.reshape(-1)
    first, second = np.empty_like(row), np.empty_like(row)
    first[-_ORDER:] = second[-_ORDER:] = 0
    np.subtract(row[1:], row[:-1], out=first[:-1])
    np.subtract(first[1:], first[:-1], out=second[:-1])
    np.subtract(second[1:], second[:-1], out=first[:-1])
    return np.square(first, out=first).reshape(leads.shape)
