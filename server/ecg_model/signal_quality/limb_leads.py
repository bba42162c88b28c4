"""Contradiction of the limb leads: III, aVR, aVL and aVF follow from I and II, so what was sent can be checked.

Measured at the rate sent: leads that were resampled one by one, each with its own rounding, contradict each other more.
"""

import numpy as np

from ecg_model.leads import LIMB_LEAD_WEIGHTS
from ecg_model.recording import FloatArray
from ecg_model.signal_quality.figures import lead_by_lead, worst_where_lost

# The 99.9th percentile of clean PTB-XL recordings (docs/quality.md); beyond it single samples jump by millivolts. Leads
# that were rounded to 20 µV one by one contradict each other by nearly as much.
WARNS_FROM_MV = 0.01

# Of the standard order: I and II, and then what follows from them.
_INDEPENDENT = slice(0, 2)
_DEPENDENT = slice(2, 6)
_WEIGHTS = np.array(list(LIMB_LEAD_WEIGHTS.values()), dtype=np.float32)


@np.errstate(over="ignore", invalid="ignore")
def contradiction_mv(signals: FloatArray) -> FloatArray:
    """Return how far III, aVR, aVL and aVF are from what I and II say, standard deviation in mV [window, lead].

    0 for all other leads. The mean of the difference does not count: many devices remove the baseline of each lead.

    Args:
        signals: float32 millivolts [window, sample, lead].
    """
    leads = lead_by_lead(signals)
    differences = leads[:, _DEPENDENT] - _WEIGHTS @ leads[:, _INDEPENDENT]
    differences -= differences.mean(axis=-1, keepdims=True)
    power = np.einsum("wls,wls->wl", differences, differences) / np.float32(differences.shape[-1])
    figures = np.zeros(leads.shape[:-1], dtype=np.float32)
    figures[:, _DEPENDENT] = worst_where_lost(np.sqrt(power))
    return figures
