"""Flat line: an electrode that is off, a lead that was filled with a constant, volts sent as millivolts."""

import numpy as np

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.figures import lead_by_lead

FLAT_RANGE_MV = 0.02
"""A second in which a lead ranges over less is flat. A lead with a heart beat does not stay within it: of the
13,480 clean recordings of PTB-XL folds 1-8 no lead does for a single second (the least range is 0.021 mV)."""

# More than one second in ten: a pause between beats may fill one.
WARNS_FROM_PERCENT = 20.0
# Half of a lead still tells more than nothing, a flat one that has an offset much less (docs/recordings.md).
UNUSABLE_FROM_PERCENT = 75.0

_SECONDS = 1.0


@np.errstate(over="ignore", invalid="ignore")
def flat_percent(signals: FloatArray, sample_rate_hz: float) -> FloatArray:
    """Return the share of seconds in which each lead is flat, 0 to 100 [window, lead].

    Args:
        signals: float32 millivolts [window, sample, lead].
        sample_rate_hz: their samples per second.
    """
    leads = lead_by_lead(signals)
    samples = leads.shape[-1]
    length = min(samples, round(_SECONDS * sample_rate_hz))
    blocks = samples // length
    seconds = leads[..., : blocks * length].reshape(*leads.shape[:-1], blocks, length)
    flat = seconds.max(axis=-1) - seconds.min(axis=-1) < FLAT_RANGE_MV
    percent: FloatArray = (np.count_nonzero(flat, axis=-1) * (100 / blocks)).astype(np.float32)
    return percent
