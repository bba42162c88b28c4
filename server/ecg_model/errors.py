"""What can go wrong with a model or a recording.

    EcgModelError
    ├── BundleError                     a model on disk cannot be served
    ├── RefusedError                    what was sent cannot be used; carries a RefusalReason and the fields
    │   ├── InvalidRecordingError       a recording cannot be classified
    │   └── InvalidOptionsError         it cannot be explained as was asked
    ├── GradientsUnavailableError       a runtime tells no gradients
    └── IncompleteExplanationError      an explanation does not add up

No error carries a value that came with a patient, and none carries a transport's status: the wire has a table for that.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class RefusalReason(StrEnum):
    """Why what was sent is refused. Programs branch on these names, so they are never renamed."""

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
    METHOD_UNKNOWN = "METHOD_UNKNOWN"
    CLASS_UNKNOWN = "CLASS_UNKNOWN"
    CLASS_REPEATED = "CLASS_REPEATED"
    WINDOW_UNKNOWN = "WINDOW_UNKNOWN"
    EXPLANATION_TOO_COSTLY = "EXPLANATION_TOO_COSTLY"


class EcgModelError(Exception):
    """Anything foreseen that goes wrong in the model."""


class BundleError(EcgModelError):
    """A model on disk cannot be served. Its text is one line: the file, and what is wrong with it."""

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {' '.join(problem.split())}")


@dataclass(frozen=True, slots=True)
class Violation:
    """One wrong field of a recording, or of the options that came with it.

    Attributes:
        field: its path from the options, such as "class_codes[0]", or from the recording, such as "metadata.age_years";
            a signal's is "signal", the samples of its fourth lead are "signal[3]" and that lead's name is
            "lead_names[3]", whatever form the signal came in.
        description: what is wrong, and what to send in its place.
    """

    field: str
    description: str


class RefusedError(EcgModelError):
    """What was sent cannot be used, and sending it again as it is will not help."""

    def __init__(self, reason: RefusalReason, *violations: Violation) -> None:
        super().__init__("; ".join(dict.fromkeys(violation.description for violation in violations)))
        self.reason = reason
        self.violations = violations


class InvalidRecordingError(RefusedError):
    """A recording cannot be classified."""


class InvalidOptionsError(RefusedError):
    """A recording cannot be explained as was asked."""


class GradientsUnavailableError(EcgModelError):
    """The runtime that runs the network tells no gradients."""

    def __init__(self) -> None:
        super().__init__(
            "this server's runtime tells no gradients; ask for OCCLUSION, or a server that is run with "
            "--runtime tensorflow"
        )


class IncompleteExplanationError(EcgModelError):
    """An explanation does not add up to what it explains."""

    def __init__(self, code: str, error: float, greatest: float) -> None:
        super().__init__(
            f"the changes in the probability of {code} miss what they should add up to by {error:.0%}, and may by "
            f"{greatest:.0%}; ask for OCCLUSION, for fewer classes or for one window"
        )


def refusal(reason: RefusalReason, field: str, description: str) -> InvalidRecordingError:
    """Return the error for a recording with one wrong field."""
    return InvalidRecordingError(reason, Violation(field, description))
