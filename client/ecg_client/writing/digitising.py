"""From millivolts to integers of 16 bits, as fine as each lead allows."""

import dataclasses
from decimal import ROUND_FLOOR, Context

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnwritableRecordingError
from ecg_client.recording import MICROVOLTS_PER_MILLIVOLT, Recording

NO_SAMPLE = np.iinfo(np.int16).min
"""The integer that stands for a sample that is missing."""

_GREATEST = np.iinfo(np.int16).max
# Ten nanovolts a step: a tenth of what any amplifier of ECGs resolves.
_GREATEST_GAIN = 1e5
_GREATEST_BASELINE = 2e9
_GREATEST_MILLIVOLTS = 1e6
# Gains of few digits, for people read headers; that costs less than a hundredth of the resolution.
_FEW_DIGITS = Context(prec=3, rounding=ROUND_FLOOR)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Digitised:
    """A signal as integers: a sample less its lead's baseline, over its lead's gain, is millivolts.

    Attributes:
        samples: The integers, shape [sample, lead]; `NO_SAMPLE` where a sample is missing.
        gains: Steps to the millivolt of each lead.
        baselines: The integer that stands for 0 mV in each lead.
    """

    samples: npt.NDArray[np.int16]
    gains: tuple[float, ...]
    baselines: tuple[int, ...]


def digitised(recording: Recording) -> Digitised:
    """Returns the signal as integers; no sample is clipped, or moved by more than half a step of its lead.

    Integers stay what they are. A lead of floats gets the gain and the baseline that make the most of 16 bits, but no
    steps below 10 nV. Not-a-number becomes `NO_SAMPLE`.

    Raises:
        UnwritableRecordingError: There is no sample, or one is infinite or beyond 1,000 V.
    """
    if not recording.signal.size:
        raise UnwritableRecordingError("it has no samples")
    if recording.signal.dtype == np.int16 and not (recording.signal == NO_SAMPLE).any():
        count = len(recording.lead_names)
        return Digitised(
            recording.signal, (MICROVOLTS_PER_MILLIVOLT / recording.microvolts_per_unit,) * count, (0,) * count
        )
    millivolts = millivolts_of(recording)
    if (np.abs(millivolts) > _GREATEST_MILLIVOLTS).any():
        raise UnwritableRecordingError("a sample is infinite, or beyond 1,000 V: is the unit right?")
    scales = [_scale(lead) for lead in millivolts.T]
    columns = [_steps(lead, *scale) for lead, scale in zip(millivolts.T, scales, strict=True)]
    gains, baselines = zip(*scales, strict=True)
    return Digitised(np.stack(columns, axis=1), gains, baselines)


def millivolts_of(recording: Recording) -> npt.NDArray[np.float64]:
    """Returns the signal in millivolts, shape [sample, lead]."""
    millivolts: npt.NDArray[np.float64] = recording.signal.astype(np.float64) * recording.microvolts_per_unit
    return millivolts / MICROVOLTS_PER_MILLIVOLT


def _scale(lead: npt.NDArray[np.float64]) -> tuple[float, int]:
    """The gain and the baseline of a lead, given its millivolts."""
    present = lead[~np.isnan(lead)]
    low, high = (float(present.min()), float(present.max())) if present.size else (0.0, 0.0)
    middle, half = (low + high) / 2, (high - low) / 2
    # One step is left for what rounding adds.
    finest_for_range = (_GREATEST - 1) / max(half, (_GREATEST - 1) / _GREATEST_GAIN)
    finest_for_offset = _GREATEST_BASELINE / max(abs(middle), _GREATEST_BASELINE / _GREATEST_GAIN)
    gain = min(finest_for_range, finest_for_offset)
    gain = float(_FEW_DIGITS.create_decimal_from_float(gain))
    return gain, -round(middle * gain)


def _steps(lead: npt.NDArray[np.float64], gain: float, baseline: int) -> npt.NDArray[np.int16]:
    steps = np.rint(lead * gain + baseline)
    return np.where(np.isnan(steps), NO_SAMPLE, steps).astype(np.int16)
