"""The leads of a signal: put in order, and those that follow from others computed where they were not sent."""

from collections.abc import Sequence

import numpy as np

from ecg_model.errors import InvalidRecordingError, RefusalReason, refusal
from ecg_model.recording import STANDARD_LEADS, FloatArray, LeadName

# Each limb lead is a difference of potentials of three electrodes, so two of the six tell the others: these weights of
# leads I and II (Goldberger, Am Heart J 1942, for the augmented ones).
LIMB_LEAD_WEIGHTS = {
    LeadName.III: (-1.0, 1.0),
    LeadName.AVR: (-0.5, -0.5),
    LeadName.AVL: (1.0, -0.5),
    LeadName.AVF: (-0.5, 1.0),
}
DEPENDENT_LEADS = tuple(LIMB_LEAD_WEIGHTS)
INDEPENDENT_LEADS = tuple(name for name in STANDARD_LEADS if name not in LIMB_LEAD_WEIGHTS)

STANDARD_ORDER = {name: column for column, name in enumerate(STANDARD_LEADS)}


def refuse_missing_leads(lead_names: Sequence[LeadName]) -> None:
    """Check that the leads are there from which all others follow.

    Raises:
        InvalidRecordingError: one of I, II and V1 to V6 is not.
    """
    missing = [name for name in INDEPENDENT_LEADS if name not in lead_names]
    if missing:
        raise _missing(missing)


def fill_leads(target: FloatArray, signal: FloatArray, lead_names: tuple[LeadName, ...]) -> None:
    """Write a signal into an array that has all twelve leads in the standard order.

    Args:
        target: float32 millivolts [sample, 12].
        signal: float32 millivolts [sample, lead], I, II and V1 to V6 among the leads.
        lead_names: the leads of the signal.
    """
    if lead_names == STANDARD_LEADS:
        target[...] = signal
        return
    target[:, [STANDARD_ORDER[name] for name in lead_names]] = signal
    derive(target, [name for name in DEPENDENT_LEADS if name not in lead_names])


def derive(signals: FloatArray, names: Sequence[LeadName]) -> None:
    """Compute some of III, aVR, aVL and aVF from I and II, in place.

    Args:
        signals: float32 millivolts [..., 12], in the standard order.
        names: the leads to compute.
    """
    first, second = signals[..., STANDARD_ORDER[LeadName.I]], signals[..., STANDARD_ORDER[LeadName.II]]
    with np.errstate(over="ignore", invalid="ignore"):  # samples that overflow are refused later, by their size
        for name in names:
            weights = LIMB_LEAD_WEIGHTS[name]
            signals[..., STANDARD_ORDER[name]] = np.float32(weights[0]) * first + np.float32(weights[1]) * second


def _missing(names: Sequence[LeadName]) -> InvalidRecordingError:
    required = ", ".join(INDEPENDENT_LEADS)
    description = f"leads missing: {', '.join(names)}; send at least {required}: the others follow from I and II"
    return refusal(RefusalReason.LEAD_MISSING, "lead_names", description)
