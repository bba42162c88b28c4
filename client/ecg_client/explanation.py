"""What in a recording speaks for a class: what the service says when it is asked for the reason why."""

import dataclasses
import enum

from ecg_client.prediction import Prediction
from ecg_client.recording import LeadName

LEAST_TELLING_CHANGE = 0.01
"""A change of a probability that is less says nothing, so it is not shown as if it did."""


class ExplanationMethod(enum.StrEnum):
    """How it is found out what speaks for a class, by the names of `ecg.v1.ExplanationMethod`."""

    OCCLUSION = "OCCLUSION"
    """Each thing is taken away by itself, and the network is asked again. Any service can do that."""
    INTEGRATED_GRADIENTS = "INTEGRATED_GRADIENTS"
    """The gradient, followed from a recording that says nothing; the changes add up. Only where TensorFlow runs."""


@dataclasses.dataclass(frozen=True, slots=True)
class LeadAttribution:
    """What one lead says for a class.

    Attributes:
        lead: The lead.
        probability_change: The probability with the lead less the probability without it, -1 to 1: above 0 the lead
            speaks for the class.
        time_probability_changes: The same of each half second of this lead alone, in the order of
            `ClassExplanation.times`; empty unless asked for.
    """

    lead: LeadName
    probability_change: float
    time_probability_changes: tuple[float, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class TimeAttribution:
    """What one half second of all leads says for a class.

    Attributes:
        offset_seconds: Where it begins, in seconds from the first sample of the recording.
        duration_seconds: How long it is, in seconds: 0.5, or what is left of the recording.
        probability_change: The probability with it less the probability without it, -1 to 1.
    """

    offset_seconds: float
    duration_seconds: float
    probability_change: float


@dataclasses.dataclass(frozen=True, slots=True)
class MetadataAttribution:
    """What it says for a class that a metadata value is known.

    Attributes:
        field: The field of `PatientMetadata`, such as "age_years".
        probability_change: The probability with the value less the probability with it unknown, -1 to 1.
    """

    field: str
    probability_change: float


@dataclasses.dataclass(frozen=True, slots=True)
class ClassExplanation:
    """What in a recording speaks for one class, and what against it.

    Attributes:
        code: The class code, such as "MI".
        display_name: The class in words.
        probability: The probability that is explained, 0 to 1: the recording's, or that of the one window asked for.
        leads: Each lead that the network sees.
        times: The half seconds that it sees, in order of time.
        metadata: Each metadata value that was sent and that the network uses.
        baseline_probability: The probability of a recording that says nothing; None where the method has no use for it.
        completeness_error: By how much the sum of all changes misses `probability` less `baseline_probability`, as a
            share of that, or of 0.1 where that is less; at most 0.05; None likewise.
    """

    code: str
    display_name: str
    probability: float
    leads: tuple[LeadAttribution, ...]
    times: tuple[TimeAttribution, ...]
    metadata: tuple[MetadataAttribution, ...]
    baseline_probability: float | None = None
    completeness_error: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """A prediction, and what speaks for its classes.

    Attributes:
        prediction: The prediction, with its windows.
        classes: One entry for each class that was asked for, in the order of `Prediction.classes`.
        method: How it was found out; a method that is newer than this client is given by its name or number.
        computed_windows: How many windows the network was run on for it, beyond those of the prediction.
    """

    prediction: Prediction
    classes: tuple[ClassExplanation, ...]
    method: ExplanationMethod | str
    computed_windows: int
