"""What the service knows of one ECG: values that cannot be invalid once they exist."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from ecg_model.errors import InvalidRecordingError, RefusalReason, Violation, refusal
from ecg_model.limits import refuse_no_rate

FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

MAXIMUM_AGE_YEARS = 130.0


class LeadName(StrEnum):
    """The leads of the standard 12-lead ECG, in the standard order."""

    I = "I"  # noqa: E741 - it is the lead's name
    II = "II"
    III = "III"
    AVR = "aVR"
    AVL = "aVL"
    AVF = "aVF"
    V1 = "V1"
    V2 = "V2"
    V3 = "V3"
    V4 = "V4"
    V5 = "V5"
    V6 = "V6"


STANDARD_LEADS = tuple(LeadName)


class Sex(StrEnum):
    """Sex, as recorded in the data the network learned from."""

    MALE = "male"
    FEMALE = "female"


class InfarctionStage(StrEnum):
    """Stage of a myocardial infarction, as PTB-XL writes it."""

    UNKNOWN = "unknown"
    I = "I"  # noqa: E741 - it is the stage's name
    I_II = "I-II"
    II = "II"
    II_III = "II-III"
    III = "III"


@dataclass(frozen=True, slots=True)
class PatientMetadata:
    """What is known of a patient; None is unknown.

    Attributes:
        age_years: 0 to 130.
        sex: male or female.
        height_cm: above 0 and finite.
        weight_kg: above 0 and finite.
        first_infarction_stage: as the physician who wrote the statement judged it; it gives the diagnosis away.
        second_infarction_stage: likewise.
        has_pacemaker: whether the patient has a pacemaker.

    Raises:
        InvalidRecordingError: a value is out of its range.
    """

    age_years: float | None = None
    sex: Sex | None = None
    height_cm: float | None = None
    weight_kg: float | None = None
    first_infarction_stage: InfarctionStage | None = None
    second_infarction_stage: InfarctionStage | None = None
    has_pacemaker: bool | None = None

    def __post_init__(self) -> None:
        if self.age_years is not None and not 0 <= self.age_years <= MAXIMUM_AGE_YEARS:
            raise _out_of_range("age_years", f"must be from 0 to {MAXIMUM_AGE_YEARS:g} years")
        if self.height_cm is not None and not _is_positive(self.height_cm):
            raise _out_of_range("height_cm", "must be above 0 and finite, in centimetres")
        if self.weight_kg is not None and not _is_positive(self.weight_kg):
            raise _out_of_range("weight_kg", "must be above 0 and finite, in kilograms")


@dataclass(frozen=True, slots=True)
class Recording:
    """One whole ECG.

    Attributes:
        signal: float32 millivolts, shape [sample, lead], every sample finite.
        sample_rate_hz: samples per second of every lead, above 0 and finite.
        lead_names: the leads in the order of the signal's columns, each at most once.
        metadata: what is known of the patient.

    Raises:
        InvalidRecordingError: a lead is repeated, a sample is not finite, or the rate is no rate.
    """

    signal: FloatArray
    sample_rate_hz: float
    lead_names: tuple[LeadName, ...]
    metadata: PatientMetadata = PatientMetadata()

    def __post_init__(self) -> None:
        if self.signal.ndim != 2 or self.signal.shape[1] != len(self.lead_names):  # noqa: PLR2004 - [sample, lead]
            raise ValueError("a signal has the shape [sample, lead], with a name for each lead")
        refuse_no_rate(self.sample_rate_hz)
        refuse_repeated_leads(self.lead_names)
        _refuse_non_finite_samples(self.signal, self.lead_names)


def _is_positive(value: float) -> bool:
    return math.isfinite(value) and value > 0


def _out_of_range(field: str, rule: str) -> InvalidRecordingError:
    return refusal(
        RefusalReason.METADATA_OUT_OF_RANGE, f"metadata.{field}", f"{field} {rule}; leave it out if it is unknown"
    )


def refuse_repeated_leads(lead_names: tuple[LeadName, ...]) -> None:
    """Check that each lead is named at most once.

    Raises:
        InvalidRecordingError: one is named again.
    """
    if len(set(lead_names)) == len(lead_names):
        return
    raise InvalidRecordingError(
        RefusalReason.LEAD_REPEATED,
        *(
            Violation(f"lead_names[{index}]", f"lead {name} is given more than once; send each lead once")
            for index, name in enumerate(lead_names)
            if name in lead_names[:index]
        ),
    )


def _refuse_non_finite_samples(signal: FloatArray, lead_names: tuple[LeadName, ...]) -> None:
    # One pass over the whole array on the hot path; which lead it was matters only once something is wrong.
    if np.isfinite(signal).all():
        return
    raise InvalidRecordingError(
        RefusalReason.SAMPLE_NOT_FINITE,
        *(
            Violation(
                f"signal[{index}]", f"lead {lead_names[index]} has a sample that is NaN or infinite; send finite mV"
            )
            for index in np.flatnonzero(~np.isfinite(signal).all(axis=0))
        ),
    )
