"""What a reader of a prediction should know about the recording."""

from dataclasses import dataclass
from enum import Enum, auto

from ecg_model.recording import LeadName


class WarningCode(Enum):
    """Kinds of warning."""

    METADATA_IMPUTED = auto()
    METADATA_IGNORED = auto()
    LEAD_DERIVED = auto()
    RESAMPLED = auto()


@dataclass(frozen=True, slots=True)
class RecordingWarning:
    """One warning.

    Attributes:
        code: its kind.
        message: it, in words, without any value that came from the caller.
        lead: the lead it concerns; None: the whole recording.
        measured: the figure it rests on, in `unit`; None: there is none.
        unit: the figure's unit; "" for a pure number.
    """

    code: WarningCode
    message: str
    lead: LeadName | None = None
    measured: float | None = None
    unit: str = ""
