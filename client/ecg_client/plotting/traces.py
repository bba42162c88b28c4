"""What is drawn of each lead: millivolts, of leads that were recorded and of those that follow from them."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ecg_client.recording import MICROVOLTS_PER_MILLIVOLT, STANDARD_LEADS, LeadName, Recording

GREATEST_OFFSET_MV = 1.5
"""A lead that lies further from 0 mV than this is moved back to it, and marked: it would be drawn over others."""

# The limb leads that follow from I and II, as multiples of the two.
_DERIVED: Mapping[LeadName, tuple[float, float]] = {
    LeadName.III: (-1.0, 1.0),
    LeadName.AVR: (-0.5, -0.5),
    LeadName.AVL: (1.0, -0.5),
    LeadName.AVF: (-0.5, 1.0),
}


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One lead as it is drawn.

    Attributes:
        millivolts: Samples, the offset taken off; NaN where there is none.
        sample_rate_hz: How many there are to the second.
        first_s: When the first of them was taken, in seconds from the first sample of the recording.
        offset_mv: What was taken off every sample, in millivolts; mostly 0.
        is_derived: Whether it was not recorded, but follows from I and II.
    """

    millivolts: npt.NDArray[np.float64]
    sample_rate_hz: float
    first_s: float = 0.0
    offset_mv: float = 0.0
    is_derived: bool = False


def duration_s(recording: Recording) -> float:
    """Returns how long a recording is, in seconds."""
    return float(recording.signal.shape[0] / recording.sample_rate_hz)


def traces_of(recording: Recording, *, from_s: float, seconds: float) -> dict[LeadName, Trace]:
    """Returns what is drawn of each of the twelve leads; those that are missing and follow from no other are left out.

    Args:
        recording: The recording.
        from_s: Where the page begins, in seconds.
        seconds: How much of the recording there is on it.
    """
    rate = recording.sample_rate_hz
    first, last = math.floor(from_s * rate), math.ceil((from_s + seconds) * rate)
    scale = recording.microvolts_per_unit / MICROVOLTS_PER_MILLIVOLT
    millivolts = recording.signal[first : last + 1].astype(np.float64) * scale
    millivolts[~np.isfinite(millivolts)] = np.nan
    recorded = dict(zip(recording.lead_names, millivolts.T, strict=True))
    traces = {}
    for lead in STANDARD_LEADS:
        samples = recorded.get(lead, _derived(lead, recorded))
        if samples is not None:
            offset = _offset(samples)
            traces[lead] = Trace(samples - offset, rate, first / rate, offset, lead not in recorded)
    return traces


def _derived(lead: LeadName, recorded: Mapping[LeadName, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64] | None:
    if lead not in _DERIVED or not {LeadName.I, LeadName.II} <= recorded.keys():
        return None
    of_first, of_second = _DERIVED[lead]
    return of_first * recorded[LeadName.I] + of_second * recorded[LeadName.II]


def _offset(millivolts: npt.NDArray[np.float64]) -> float:
    finite = millivolts[np.isfinite(millivolts)]
    median = float(np.median(finite)) if finite.size else 0.0
    return median if abs(median) > GREATEST_OFFSET_MV else 0.0
