"""Swapped arm electrodes: lead I is upside down, II and III have changed places, and so have aVR and aVL."""

import numpy as np

from ecg_model.recording import FloatArray, LeadName
from ecg_model.signal_quality.figures import lead_by_lead

# Beyond the 99.9th percentile of clean PTB-XL recordings (docs/quality.md).
WARNS_FROM = 0.1

_LAG_SECONDS = 0.1
_PEAK_SECONDS = 0.04
# Twice aVR, twice aVL, and V6, by parts of the twelve leads.
_VIEWS = np.zeros((3, len(LeadName)), dtype=np.float32)
_VIEWS[:2, :2] = [[-1, -1], [2, -1]]
_VIEWS[2, -1] = 1


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def arm_swap(signals: FloatArray, sample_rate_hz: float) -> FloatArray:
    """Return the lesser of two figures that both are above 0 when the arms are swapped, at most 2 [window, 1].

    One is by how much the correlation with V6 of aVR exceeds that of aVL: aVR looks at the heart from where V6 does
    not, so of the two it is the one that should be upside down against V6. The other is how far the peaks of lead I
    point downwards; without it every V6 that is itself upside down, as after an infarction, would look like a swap.
    Where a lead is flat or overflows nothing can be said: 0.

    aVR and aVL are computed from I and II, so that a contradicting one does not mislead.

    Args:
        signals: float32 millivolts [window, sample, lead].
        sample_rate_hz: their samples per second.
    """
    leads = lead_by_lead(signals)
    figures = np.minimum(_excess(leads, sample_rate_hz), _downwards(leads[:, 0], sample_rate_hz))
    return np.where(np.isfinite(figures), figures, 0).astype(np.float32)[:, np.newaxis]


def _excess(leads: FloatArray, sample_rate_hz: float) -> FloatArray:
    """Return the correlation of aVR and V6 less that of aVL and V6 [window], of leads [window, lead, sample].

    What is correlated is the changes over 0.1 s, whose mean is next to nothing, so that the baseline does not count.
    """
    lag = max(1, round(_LAG_SECONDS * sample_rate_hz))
    views = _VIEWS @ leads
    changes = views[..., lag:] - views[..., :-lag]
    products = changes @ changes.swapaxes(1, 2)
    right, left, v6 = (np.sqrt(products[:, view, view]) for view in range(3))
    excess: FloatArray = products[:, 0, 2] / (right * v6) - products[:, 1, 2] / (left * v6)
    return excess


def _downwards(lead: FloatArray, sample_rate_hz: float) -> FloatArray:
    """Return how far the peaks of a lead [window, sample] point downwards [window]: less than 0 if upwards.

    It is the skewness of how far each sample lies below the middle of those 0.04 s before and after it.
    """
    lag = max(1, round(_PEAK_SECONDS * sample_rate_hz))
    depths = lead[:, 2 * lag :] + lead[:, : -2 * lag] - 2 * lead[:, lag:-lag]
    squares = np.square(depths)
    cubes = np.einsum("ws,ws->w", squares, depths) / np.float32(depths.shape[1])
    skewness: FloatArray = cubes / (np.einsum("ws->w", squares) / np.float32(depths.shape[1])) ** 1.5
    return skewness
