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
    RECORDING_PADDED = auto()
    RECORDING_COMBINED = auto()
    SIGNAL_FLAT = auto()
    SIGNAL_CLIPPED = auto()
    SIGNAL_AMPLITUDE = auto()
    SIGNAL_BASELINE_WANDER = auto()
    SIGNAL_NOISE = auto()
    SIGNAL_STEP = auto()
    SIGNAL_LEADS_CONTRADICT = auto()
    SIGNAL_ARM_LEADS_SWAPPED = auto()
    SIGNAL_LEAD_MASKED = auto()
    SIGNAL_WINDOW_LEFT_OUT = auto()
    SIGNAL_OFFSET_REMOVED = auto()


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


def in_some_windows(affected: int, windows: int) -> str:
    """Return where a warning holds, as words to put behind it; "" where there is but one window, or it holds in all."""
    return "" if affected == windows else f" in {affected} of {windows} windows"
