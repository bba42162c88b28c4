"""Clipping: the recorder's range ended before the signal did, and its peaks are cut off flat.

Measured at the rate sent: resampling rounds the corners off.
"""

import numpy as np
import numpy.typing as npt

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.figures import lead_by_lead

# Beyond the 99.9th percentile of clean PTB-XL recordings (docs/quality.md), also when those are rounded to 5 µV.
WARNS_FROM_PERCENT = 0.7
# No lead is unusable for it: even cut off at a tenth of its peak it tells more than nothing (docs/recordings.md).

# With fewer samples at its extremes than this a lead is not looked at closely.
_FEWEST_SAMPLES = 4
# A peak that is whole spends time just below its top; one that is cut off hardly does.
_NEAR = 0.05
_NEAR_WEIGHT = 0.5
# The baseline, too, stays at one value in a noiseless signal; no peak is so close to the median.
_LEAST_HEIGHT = 0.15
# Where a lead ranges over fewer steps of its samples, its peaks are flat because of rounding.
_FEWEST_UNITS = 50
# A short recording is repeated to fill the window: it is a fifth of it at least. If less than a tenth of the window is
# repetition it does not matter.
_SHORTEST_PERIOD = 0.2
_LEAST_REPEATED = 0.1
# A signal that is alike in so many places is mostly constant: it is not searched to the end.
_MOST_PERIODS = 16

_Samples = npt.NDArray[np.float64]


@np.errstate(over="ignore", invalid="ignore")
def clipped_percent(signals: FloatArray) -> FloatArray:
    """Return the share of each lead's samples that are cut off, 0 to 100 [window, lead].

    These are the samples at the very greatest or least value of the lead, less half of those close to it (within 5 % of
    the range), of which a whole peak has more. An extreme near the median is the baseline and counts nothing, nor does
    a lead rounded so coarsely that its peaks are flat by that. A flat lead has no peaks: 0. Of a recording that was
    repeated to fill the window one period counts.

    Args:
        signals: float32 millivolts [window, sample, lead].
    """
    leads = lead_by_lead(signals)
    figures = np.zeros(leads.shape[:-1], dtype=np.float32)
    greatest, least = leads.max(axis=-1, keepdims=True), leads.min(axis=-1, keepdims=True)
    at_extreme = np.count_nonzero((leads == greatest) | (leads == least), axis=-1)
    suspicious = (at_extreme >= _FEWEST_SAMPLES) & (greatest > least)[..., 0]
    # One lead in some dozens: they are looked at one by one.
    for window, lead in np.argwhere(suspicious).tolist():
        figures[window, lead] = _clipped_percent(leads[window, lead].astype(np.float64))
    return figures


def _clipped_percent(samples: _Samples) -> float:
    samples = _once(samples)
    if _is_coarse(samples):
        return 0.0
    middle = float(np.median(samples))
    return 100 * (_cut_off(samples, middle) + _cut_off(-samples, -middle)) / samples.size


def _once(samples: _Samples) -> _Samples:
    """Return what was repeated to fill the window; all samples where nothing was.

    A peak that comes again to the last digit is no sign of clipping if all the rest comes again, too.
    """
    count = samples.size
    probes = np.linspace(0, count * _LEAST_REPEATED, 8, dtype=np.intp, endpoint=False)
    periods = np.arange(int(count * _SHORTEST_PERIOD), int(count * (1 - _LEAST_REPEATED)))
    for probe in probes:
        periods = periods[samples[periods + probe] == samples[probe]]
    for period in periods[:_MOST_PERIODS].tolist():
        if np.array_equal(samples[period:], samples[:-period]):
            return samples[:period]
    return samples


def _cut_off(samples: _Samples, middle: float) -> float:
    """Return how many samples are cut off at the top."""
    top = samples.max()
    extent = top - samples.min()
    if top - middle < _LEAST_HEIGHT * extent:
        return 0.0
    at_top = np.count_nonzero(samples == top)
    if at_top < _FEWEST_SAMPLES:
        return 0.0
    near = np.count_nonzero(samples >= top - _NEAR * extent) - at_top
    return max(0.0, at_top - _NEAR_WEIGHT * near)


def _is_coarse(samples: _Samples) -> bool:
    changes = np.abs(np.diff(samples))
    unit = changes[changes > 0].min()
    return bool(np.ptp(samples) < _FEWEST_UNITS * unit)
