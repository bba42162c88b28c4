"""What can go wrong with a model or a recording.

    EcgModelError
    ├── BundleError               a model on disk cannot be served
    └── InvalidRecordingError     a recording cannot be classified; carries a RefusalReason and the fields

No error carries a value that came with a patient, and none carries a transport's status: the wire has a table for that.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class RefusalReason(StrEnum):
    """Why a recording is refused. Programs branch on these names, so they are never renamed."""

    RECORDING_MISSING = "RECORDING_MISSING"
    RECORDING_ID_TOO_LONG = "RECORDING_ID_TOO_LONG"
    SIGNAL_MISSING = "SIGNAL_MISSING"
    SIGNAL_AMBIGUOUS = "SIGNAL_AMBIGUOUS"
    LEAD_UNKNOWN = "LEAD_UNKNOWN"
    LEAD_REPEATED = "LEAD_REPEATED"
    LEAD_MISSING = "LEAD_MISSING"
    LEAD_LENGTHS_DIFFER = "LEAD_LENGTHS_DIFFER"
    SAMPLE_NOT_FINITE = "SAMPLE_NOT_FINITE"
    SIGNAL_OUT_OF_RANGE = "SIGNAL_OUT_OF_RANGE"
    SIGNAL_UNUSABLE = "SIGNAL_UNUSABLE"
    SAMPLE_RATE_INVALID = "SAMPLE_RATE_INVALID"
    SAMPLE_RATE_UNSUPPORTED = "SAMPLE_RATE_UNSUPPORTED"
    SAMPLE_COUNT_UNSUPPORTED = "SAMPLE_COUNT_UNSUPPORTED"
    SAMPLE_FORMAT_UNKNOWN = "SAMPLE_FORMAT_UNKNOWN"
    GAIN_INVALID = "GAIN_INVALID"
    PACKED_LENGTH_WRONG = "PACKED_LENGTH_WRONG"
    METADATA_OUT_OF_RANGE = "METADATA_OUT_OF_RANGE"
    METADATA_UNKNOWN_VALUE = "METADATA_UNKNOWN_VALUE"


class EcgModelError(Exception):
    """Anything foreseen that goes wrong in the model."""


class BundleError(EcgModelError):
    """A model on disk cannot be served. Its text is one line: the file, and what is wrong with it."""

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {' '.join(problem.split())}")


@dataclass(frozen=True, slots=True)
class Violation:
    """One wrong field of a recording.

    Attributes:
        field: its path from the recording, such as "metadata.age_years"; a signal's is "signal", the samples of its
            fourth lead are "signal[3]" and that lead's name is "lead_names[3]", whatever form the signal came in.
        description: what is wrong, and what to send in its place.
    """

    field: str
    description: str


class InvalidRecordingError(EcgModelError):
    """A recording cannot be classified, and sending it again as it is will not help."""

    def __init__(self, reason: RefusalReason, *violations: Violation) -> None:
        super().__init__("; ".join(dict.fromkeys(violation.description for violation in violations)))
        self.reason = reason
        self.violations = violations


def refusal(reason: RefusalReason, field: str, description: str) -> InvalidRecordingError:
    """Return the error for a recording with one wrong field."""
    return InvalidRecordingError(reason, Violation(field, description))
