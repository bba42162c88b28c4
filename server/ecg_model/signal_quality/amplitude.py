"""Implausible amplitude: microvolts or raw units sent as millivolts, an amplifier that broke down."""

import numpy as np

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.figures import lead_by_lead, worst_where_lost

# Beyond the 99.9th percentile of clean PTB-XL recordings, 10.8 mV (docs/quality.md); their greatest range is 21 mV, and
# the least range of a lead is 0.14 mV, which would be 140 mV in a signal a thousand times too large.
WARNS_FROM_MV = 15.0
UNUSABLE_FROM_MV = 30.0


@np.errstate(over="ignore", invalid="ignore")
def lead_ranges_mv(signals: FloatArray) -> FloatArray:
    """Return how far the samples of each lead range, in mV [window, lead]: the greatest less the least.

    Args:
        signals: float32 millivolts [window, sample, lead].
    """
    leads = lead_by_lead(signals)
    return worst_where_lost(leads.max(axis=-1) - leads.min(axis=-1))
