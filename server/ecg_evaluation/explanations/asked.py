"""The same recording explained in each way that is compared."""

from dataclasses import dataclass, replace

import numpy as np

from ecg_evaluation.arrays import Floats
from ecg_evaluation.errors import EvaluationError
from ecg_model.classifier import WINDOWS_PER_RUN, Classifier, Prediction
from ecg_model.explanation.integrated_gradients import Integral, integrate
from ecg_model.explanation.occlusion import probability_changes
from ecg_model.explanation.parts import Part
from ecg_model.explanation.runs import Runs
from ecg_model.explanation.seen import Seen, seen_by_network
from ecg_model.recording import FloatArray, Recording

MOST_WINDOWS = 1000
"""Per class, as the service has it unless it is told otherwise."""


def runs_of(classifier: Classifier) -> Runs:
    """Return the network of a classifier, which may be run as often as it takes."""
    return Runs(classifier, 1 << 30, lambda: None)


@dataclass(frozen=True, slots=True)
class Subject:
    """A recording of one window, and what is said of it.

    Attributes:
        seen: the recording as the network sees it.
        probabilities: of each class.
    """

    seen: Seen
    probabilities: tuple[float, ...]

    @property
    def whole(self) -> Floats:
        """The probabilities [window, class]."""
        return np.array([self.probabilities])

    @property
    def leads(self) -> list[Part]:
        """The leads."""
        return [Part(lead=lead) for lead in range(len(self.seen.lead_names))]

    @property
    def segments(self) -> list[Part]:
        """The half seconds."""
        return [Part(segment=segment) for segment in range(len(self.seen.segments))]


def subject(recording: Recording, classifier: Classifier) -> Subject | None:
    """Return a recording to be explained; None: the model refuses it.

    Raises:
        EvaluationError: it is longer than the network's window.
    """
    (prediction,) = classifier.classify([recording])
    if not isinstance(prediction, Prediction):
        return None
    if len(prediction.windows) != 1:
        raise EvaluationError("a recording has more than one window; give PTB-XL as PhysioNet publishes it")
    return Subject(seen_by_network(recording, classifier.manifest, None), prediction.probabilities)


def occluded(one: Subject, parts: list[Part], classifier: Classifier) -> Floats:
    """Return the changes in probability as the service tells them [part, class]."""
    return probability_changes(one.seen, parts, one.whole, runs_of(classifier))


def zeroed_leads(one: Subject, classifier: Classifier) -> Floats:
    """Return the changes in probability where every lead that is taken away becomes 0 mV [lead, class]."""
    signals = np.repeat(one.seen.signals, len(one.seen.lead_names), axis=0)
    for lead, signal in enumerate(signals):
        signal[:, lead] = 0
    return one.whole - told(signals, one.seen, classifier)


def zeroed_segments(one: Subject, classifier: Classifier) -> Floats:
    """Return the changes in probability where every half second that is taken away becomes 0 mV [segment, class]."""
    signals = np.repeat(one.seen.signals, len(one.seen.segments), axis=0)
    for segment, signal in enumerate(signals):
        signal[one.seen.segment_of[0] == segment] = 0
    return one.whole - told(signals, one.seen, classifier)


def told(signals: FloatArray, seen: Seen, classifier: Classifier) -> Floats:
    """Return the probabilities of signals [window, sample, lead] of one patient [window, class]."""
    runs, slices = runs_of(classifier), range(0, len(signals), WINDOWS_PER_RUN)
    pieces = [signals[first : first + WINDOWS_PER_RUN] for first in slices]
    metadata = [np.repeat(seen.metadata[np.newaxis], len(piece), axis=0) for piece in pieces]
    return np.concatenate(list(map(runs.probabilities, metadata, pieces))).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Integrated:
    """Integrated gradients of one class, and what they cost.

    Attributes:
        integral: the integral.
        leads: its sum over each lead.
        segments: its sum over each half second.
        windows: on how many windows the network was run.
    """

    integral: Integral
    leads: Floats
    segments: Floats
    windows: int


def integrated(one: Subject, output: int, classifier: Classifier) -> Integrated:
    """Return the integrated gradients of a class."""
    runs = runs_of(classifier)
    integral = integrate(one.seen, output, runs, MOST_WINDOWS)
    by_signal = integral.by_signal[0]
    segments = np.zeros(len(one.seen.segments))
    np.add.at(segments, one.seen.segment_of[0], by_signal.sum(axis=1))
    return Integrated(integral, by_signal.sum(axis=0), segments, runs.computed_windows)


def with_network(classifier: Classifier, network: object) -> Classifier:
    """Return a classifier with another network."""
    return replace(classifier, network=network)  # type: ignore[arg-type] # whatever it is, it is called like one
