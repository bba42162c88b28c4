"""What the service answers: a probability for each class. Not a diagnosis."""

import dataclasses
import enum
from collections.abc import Mapping

import grpc

from ecg_client.errors import FieldViolation
from ecg_client.recording import LeadName


@dataclasses.dataclass(frozen=True, slots=True)
class ClassPrediction:
    """The prediction for one class.

    Attributes:
        code: The class code, such as "MI".
        display_name: The class in words, such as "Myocardial infarction".
        probability: Probability that the recording shows this class, 0 to 1; calibrated, where the model can, for
            recordings like those it was calibrated on.
        threshold: The threshold for this class at the operating point of the service, 0 to 1.
        is_positive: Whether the probability is at or over the threshold: whether the class is a finding.
    """

    code: str
    display_name: str
    probability: float
    threshold: float
    is_positive: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ModelVersion:
    """Which model answered.

    Attributes:
        name: Name of the bundle, or of the file, for a bare Keras file.
        version: Version of the bundle; empty for a bare Keras file.
        sha256: SHA-256 of the Keras file, in hexadecimal: equal digests are the same network.
    """

    name: str
    version: str
    sha256: str


class WarningCode(enum.StrEnum):
    """Kinds of warning, by the names of `ecg.v1.WarningCode`; there it is said what each one's figure is.

    What is done to a recording so that the network can see it comes first. Of the signal's quality, most only tell what
    was noticed; the last three tell what was done about it, and make the probabilities others.
    """

    METADATA_IMPUTED = "METADATA_IMPUTED"
    METADATA_IGNORED = "METADATA_IGNORED"
    LEAD_DERIVED = "LEAD_DERIVED"
    RESAMPLED = "RESAMPLED"
    RECORDING_PADDED = "RECORDING_PADDED"
    RECORDING_COMBINED = "RECORDING_COMBINED"
    SIGNAL_FLAT = "SIGNAL_FLAT"
    SIGNAL_CLIPPED = "SIGNAL_CLIPPED"
    SIGNAL_AMPLITUDE = "SIGNAL_AMPLITUDE"
    SIGNAL_BASELINE_WANDER = "SIGNAL_BASELINE_WANDER"
    SIGNAL_NOISE = "SIGNAL_NOISE"
    SIGNAL_STEP = "SIGNAL_STEP"
    SIGNAL_LEADS_CONTRADICT = "SIGNAL_LEADS_CONTRADICT"
    SIGNAL_ARM_LEADS_SWAPPED = "SIGNAL_ARM_LEADS_SWAPPED"
    SIGNAL_LEAD_MASKED = "SIGNAL_LEAD_MASKED"
    """The network was given 0 mV in place of a lead: the probabilities are those of the recording without it."""
    SIGNAL_WINDOW_LEFT_OUT = "SIGNAL_WINDOW_LEFT_OUT"
    """The probabilities are those of the other windows."""
    SIGNAL_OFFSET_REMOVED = "SIGNAL_OFFSET_REMOVED"
    """The probabilities are those of the recording without what was added to all samples of a lead."""


@dataclasses.dataclass(frozen=True, slots=True)
class PredictionWarning:
    """Something a reader of the prediction should know about the recording.

    Attributes:
        code: What kind of warning this is, such as "METADATA_IMPUTED"; a kind that is newer than this client is given
            as its number.
        lead: The lead it concerns; None is the whole recording.
        message: The warning in words.
        measured: The figure it rests on, in `unit`; None where there is none.
        unit: Unit of the figure, such as "cm"; empty for a pure number.
    """

    code: WarningCode | str
    lead: LeadName | None
    message: str
    measured: float | None
    unit: str


@dataclasses.dataclass(frozen=True, slots=True)
class Abstention:
    """One reason why the service does not stand by its findings in a recording.

    Attributes:
        reason: What kind of reason this is, as `ecg.v1.AbstentionReason` names it: "UNCERTAIN" or "UNFAMILIAR"; a kind
            that is newer than this client is given as its number.
        lead: The lead it concerns; None is the whole recording.
        message: The reason in words.
    """

    reason: str
    lead: LeadName | None
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class WindowPrediction:
    """What the network said of one window of a recording.

    Attributes:
        offset_seconds: Where the window begins, in seconds from the first sample of the recording.
        probabilities: The probability by class code, 0 to 1, in the model's order; None where the window was left out
            because too many of its leads cannot be used.
    """

    offset_seconds: float
    probabilities: Mapping[str, float] | None


@dataclasses.dataclass(frozen=True, slots=True)
class Prediction:
    """What a recording shows, and the model that says so.

    Attributes:
        recording_id: The id that the recording was sent with.
        classes: One entry for each class of the model, in the model's order. The classes do not exclude each other.
        model: The model that answered.
        warnings: What the service did to the recording, or noticed about it.
        operating_point: The name of the operating point that the thresholds belong to; empty where the service is older
            than this.
        uncertainty: How unsure the model is of this recording, 0 (sure of every class) to 1; None where the service is
            older than this.
        abstentions: Why the service does not stand by its findings; empty: it does.
        windows: The windows in which the network saw the recording, in order of time, from which `classes` is combined;
            empty unless they were asked for.
    """

    recording_id: str
    classes: tuple[ClassPrediction, ...]
    model: ModelVersion
    warnings: tuple[PredictionWarning, ...] = ()
    operating_point: str = ""
    uncertainty: float | None = None
    abstentions: tuple[Abstention, ...] = ()
    windows: tuple[WindowPrediction, ...] = ()

    @property
    def is_abstained(self) -> bool:
        """Whether the service does not stand by its findings: count the recording as not classified."""
        return bool(self.abstentions)

    @property
    def findings(self) -> tuple[ClassPrediction, ...]:
        """The classes whose probability is at or over their threshold."""
        return tuple(entry for entry in self.classes if entry.is_positive)


@dataclasses.dataclass(frozen=True, slots=True)
class RecordingError:
    """Why one recording of a stream was not classified; the stream goes on.

    Attributes:
        code: The status with which `predict` would have ended.
        reason: The reason as a constant in UPPER_SNAKE, such as "SAMPLE_NOT_FINITE".
        message: The reason in words, with the remedy.
        field_violations: The fields that are wrong.
    """

    code: grpc.StatusCode
    reason: str
    message: str
    field_violations: tuple[FieldViolation, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class RecordingResult:
    """What became of one recording of a stream. Either `prediction` or `error` is given.

    Attributes:
        recording_id: The id that the recording was sent with.
        sequence_number: Position of the recording in the stream, counted from 0.
        prediction: The answer, or None.
        error: Why there is none, or None.
    """

    recording_id: str
    sequence_number: int
    prediction: Prediction | None = None
    error: RecordingError | None = None
