"""What comes of it."""

from dataclasses import dataclass

from ecg_model.classifier import Prediction
from ecg_model.explanation.choices import Method
from ecg_model.explanation.seen import Segment
from ecg_model.manifest import MetadataName
from ecg_model.recording import LeadName


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassExplanation:
    """What speaks for one class: for each part, the probability with everything less the probability without it.

    Attributes:
        place: the class, as a place among those of the model.
        probability: what is explained, 0 to 1.
        leads: for each lead that the network sees, in its order.
        segments: for each half second.
        metadata: for each value that is known and used.
        lead_segments: for each lead, for each half second; empty: not asked for.
        baseline_probability: of a recording that says nothing; None: it has no part in this.
        completeness_error: by how much the sum of all misses the change from there, as a share of that; None: likewise.
    """

    place: int
    probability: float
    leads: tuple[float, ...]
    segments: tuple[float, ...]
    metadata: tuple[float, ...]
    lead_segments: tuple[tuple[float, ...], ...] = ()
    baseline_probability: float | None = None
    completeness_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A prediction, and what speaks for its classes.

    Attributes:
        prediction: of the recording.
        method: how it was found out.
        lead_names: the leads that the network sees, in its order.
        segments: the half seconds.
        metadata_names: the metadata values that are known and used.
        classes: the classes that were asked for, in the model's order.
        computed_windows: on how many windows the network was run for it, beyond those of the prediction.
    """

    prediction: Prediction
    method: Method
    lead_names: tuple[LeadName, ...]
    segments: tuple[Segment, ...]
    metadata_names: tuple[MetadataName, ...]
    classes: tuple[ClassExplanation, ...]
    computed_windows: int
