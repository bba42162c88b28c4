"""What becomes of a signal that is not fit to be classified as it is: leads are masked, windows left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecg_model.leads import DEPENDENT_LEADS, STANDARD_ORDER, derive
from ecg_model.recording import BoolArray, FloatArray, LeadName

_FIRST, _SECOND = STANDARD_ORDER[LeadName.I], STANDARD_ORDER[LeadName.II]


@dataclass(frozen=True, slots=True)
class MaskedSignals:
    """Signals whose unusable leads say nothing.

    Attributes:
        signals: float32 millivolts [window, sample, lead], twelve leads in the standard order.
        masked: bool [window, lead]: the lead was replaced by 0 mV, which is what the network learned of a lost lead.
        derived: bool [window, lead]: the lead was replaced by what leads I and II say.
        left_out: bool [window]: too much of the window is unusable.
    """

    signals: FloatArray
    masked: BoolArray
    derived: BoolArray
    left_out: BoolArray


def mask(
    signals: FloatArray, unusable: BoolArray, unusable_windows: BoolArray, sent: Sequence[LeadName], greatest: int
) -> MaskedSignals:
    """Return signals without their unusable leads.

    A limb lead that was not sent is as usable as leads I and II, from which it was computed.

    Args:
        signals: float32 millivolts [window, sample, lead], twelve leads in the standard order.
        unusable: bool [window, lead]: the lead's signal is worse than none.
        unusable_windows: bool [window]: the window is, whatever its leads are.
        sent: the leads that were sent.
        greatest: how many leads of a window may be masked.
    """
    derived = np.zeros_like(unusable)
    masked = unusable.copy()
    sources_are_usable = ~unusable[:, _FIRST] & ~unusable[:, _SECOND]
    for name in DEPENDENT_LEADS:
        column = STANDARD_ORDER[name]
        if name in sent:
            derived[:, column] = unusable[:, column] & sources_are_usable
            masked[:, column] &= ~derived[:, column]
        else:
            masked[:, column] = ~sources_are_usable
    left_out = unusable_windows | (masked.sum(axis=1) > greatest)
    changed = masked | derived
    if changed.any():
        signals = signals.copy()
        for window in np.flatnonzero(changed.any(axis=1)):
            signals[window][:, masked[window]] = 0
            derive(signals[window], [name for name in DEPENDENT_LEADS if derived[window, STANDARD_ORDER[name]]])
    return MaskedSignals(signals, masked, derived, left_out)
