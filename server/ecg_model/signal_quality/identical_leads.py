"""A signal whose leads are all the same is no ECG of eight leads, whatever it shows."""

import numpy as np

from ecg_model.leads import INDEPENDENT_LEADS, STANDARD_ORDER
from ecg_model.recording import BoolArray, FloatArray

# The same samples, rounded twice to 1 µV, or to the digits of a float32.
TOLERANCE_MV = 0.002
RELATIVE_TOLERANCE = 1e-5

_COLUMNS = [STANDARD_ORDER[name] for name in INDEPENDENT_LEADS]
_GLANCE_SAMPLES = 16


@np.errstate(over="ignore", invalid="ignore")
def identical_leads(signals: FloatArray) -> BoolArray:
    """Return, for each window, whether all eight independent leads are the same up to rounding: bool [window].

    A signal that is zero throughout is such a one.

    Args:
        signals: float32 millivolts [window, sample, lead].
    """
    every = max(1, signals.shape[1] // _GLANCE_SAMPLES)
    # Hardly any signal survives a glance at some samples of two leads.
    same: BoolArray = np.all(_equal(signals[:, ::every, _COLUMNS[-1]], signals[:, ::every, _COLUMNS[0]]), axis=1)
    for window in np.flatnonzero(same).tolist():
        leads = signals[window][:, _COLUMNS]
        same[window] = _equal(leads, leads[:, :1]).all()
    return same


def _equal(samples: FloatArray, others: FloatArray) -> BoolArray:
    equal: BoolArray = np.abs(samples - others) <= TOLERANCE_MV + RELATIVE_TOLERANCE * np.abs(others)
    return equal
