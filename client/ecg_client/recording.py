"""Recordings, as the client sends them: a signal, its sample rate, and what is known of the patient."""

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import InvalidRecordingError

MICROVOLTS_PER_MILLIVOLT = 1000.0


class LeadName(enum.IntEnum):
    """The leads of the standard 12-lead ECG: `I`, `II`, `III`, `AVR`, `AVL`, `AVF`, `V1` to `V6`.

    The values are those of `ecg.v1.LeadName`.
    """

    I = 1  # noqa: E741 - the lead is called I
    II = 2
    III = 3
    AVR = 4
    AVL = 5
    AVF = 6
    V1 = 7
    V2 = 8
    V3 = 9
    V4 = 10
    V5 = 11
    V6 = 12


STANDARD_LEADS: tuple[LeadName, ...] = tuple(LeadName)
"""All twelve leads in the usual order: I, II, III, aVR, aVL, aVF, V1…V6."""

INDEPENDENT_LEADS: tuple[LeadName, ...] = (LeadName.I, LeadName.II, *STANDARD_LEADS[6:])
"""The eight that suffice, I, II, V1…V6: the service derives the others from I and II."""


class Sex(enum.IntEnum):
    """Sex, as recorded in the data the network learned from: `MALE` or `FEMALE`.

    The values are those of `ecg.v1.Sex`.
    """

    MALE = 1
    FEMALE = 2


class InfarctionStage(enum.IntEnum):
    """Stage of a myocardial infarction: `I` (acute), `I_II`, `II`, `II_III`, `III` (old) or `UNKNOWN`.

    The values are those of `ecg.v1.InfarctionStage`. `UNKNOWN` is an infarction whose stage nobody
    knows. Where no infarction is on record, the stage is None.
    """

    UNKNOWN = 1
    I = 2  # noqa: E741 - the stage is called I
    I_II = 3
    II = 4
    II_III = 5
    III = 6


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PatientMetadata:
    """What is known of the patient; None is "unknown" throughout.

    Attributes:
        age_years: Age in years, 0 to 130.
        sex: Sex.
        height_cm: Height in centimetres, above 0.
        weight_kg: Weight in kilograms, above 0.
        first_infarction_stage: Stage of the first infarction. The networks that ship do not use it: it gives the
            diagnosis away.
        second_infarction_stage: Stage of the second infarction, likewise.
        has_pacemaker: Whether the patient has a pacemaker.
    """

    age_years: float | None = None
    sex: Sex | None = None
    height_cm: float | None = None
    weight_kg: float | None = None
    first_infarction_stage: InfarctionStage | None = None
    second_infarction_stage: InfarctionStage | None = None
    has_pacemaker: bool | None = None


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One whole ECG: twelve leads or the `INDEPENDENT_LEADS`, 50 to 2000 Hz, 2.5 s to 10 min.

    Send it as it was made: the service resamples, derives, pads and cuts, and says in a warning what it did. Only what
    cannot be written to the wire is refused here; whether a recording can be classified is the service's to say.

    Attributes:
        signal: Samples, shape [sample, lead]. Floats are sent as float32, int16 as they are. Do not write to the
            array while the recording is on its way.
        sample_rate_hz: Samples per second of every lead, in hertz.
        lead_names: The leads, in the order of the signal's columns; their names ("aVR") will do.
        metadata: What is known of the patient.
        recording_id: Your name for the recording, echoed in the answer; at most 256 bytes of UTF-8.
        microvolts_per_unit: Microvolts that one unit of a sample stands for: 1000 for millivolts (the default),
            1 for PTB-XL's integers. An int16 signal must say it.
        labels: What the recording is known to show: 0 or 1 for each class code. Never sent; None where nothing is
            known.
        remarks: What the reader of a file has to say about it, such as channels that it left out. Never sent.

    Raises:
        InvalidRecordingError: The signal is no NumPy array, is not two-dimensional, is neither int16 nor
            floating-point, or has another number of columns than there are lead names; or an int16 signal does not say
            its unit; or a lead has no name of the twelve.
    """

    signal: npt.NDArray[Any]
    sample_rate_hz: float
    lead_names: tuple[LeadName, ...] = STANDARD_LEADS
    metadata: PatientMetadata = dataclasses.field(default_factory=PatientMetadata)
    recording_id: str = ""
    microvolts_per_unit: float = MICROVOLTS_PER_MILLIVOLT
    labels: Mapping[str, int] | None = None
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "lead_names", tuple(map(_lead_name, self.lead_names)))
        _check_is_array(self.signal)
        _check_shape(self.signal, self.lead_names)
        _check_type(self.signal, self.microvolts_per_unit)


def _lead_name(name: LeadName | str | int) -> LeadName:
    try:
        return LeadName[name.upper()] if isinstance(name, str) else LeadName(name)
    except (KeyError, ValueError):
        raise InvalidRecordingError(
            f"lead_names has {name!r}, which is none of {', '.join(LeadName.__members__)}"
        ) from None


def _check_is_array(signal: object) -> None:
    if not isinstance(signal, np.ndarray):
        raise InvalidRecordingError(
            f"signal must be a NumPy array of shape [sample, lead], but is a {type(signal).__name__}; numpy.asarray "
            "makes one of lists"
        )


def _check_shape(signal: npt.NDArray[Any], lead_names: tuple[LeadName, ...]) -> None:
    if signal.ndim != 2 or signal.shape[1] != len(lead_names):  # noqa: PLR2004 - [sample, lead] is two dimensions
        raise InvalidRecordingError(
            f"signal has shape {signal.shape}, but must be [sample, lead] with {len(lead_names)} leads "
            "(as many as lead_names); transpose it if it is [lead, sample]"
        )


def _check_type(signal: npt.NDArray[Any], microvolts_per_unit: float) -> None:
    if signal.dtype.kind != "f" and signal.dtype != np.int16:
        raise InvalidRecordingError(
            f"signal has dtype {signal.dtype}; give millivolts as floats, or int16 with its microvolts_per_unit"
        )
    # One millivolt to the unit is no resolution an ECG was ever digitised with: the unit was forgotten.
    if signal.dtype.kind != "f" and microvolts_per_unit == MICROVOLTS_PER_MILLIVOLT:
        raise InvalidRecordingError(
            "microvolts_per_unit is 1000 (millivolts), but signal is int16; say how many microvolts one unit is "
            "(1.0 for PTB-XL), or give millivolts as floats"
        )
