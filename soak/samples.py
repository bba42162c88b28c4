"""The recordings that are sent, good and bad, and the right answer to each."""

import dataclasses
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ecg_client import INDEPENDENT_LEADS, PatientMetadata, Prediction, Recording, Sex
from ecg_client.errors import ServiceError
from ecg_client.formats.synthetic import generate_recording
from ecg_client.prediction import RecordingError
from ecg_evaluation.model_recording import model_recording
from ecg_model import classifier as model
from ecg_model.loading import Runtime, load_classifier
from soak.bundles import BundleFolder, Model, model_of

TOLERANCE = 1e-5
WRITTEN = 16
"""How many recordings the clients send that are killed: the first ones of all."""

_BAD_SHARE = 0.1

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A recording, and what is to be answered.

    Attributes:
        recording: what is sent.
        probabilities: what each model says of it; empty for a bad one.
        reason: why a bad one is refused; empty for a good one.
    """

    recording: Recording
    probabilities: Mapping[Model, FloatArray]
    reason: str = ""

    def numbered(self, number: int) -> Recording:
        """Return the recording with a number for its id."""
        return dataclasses.replace(self.recording, recording_id=str(number))

    def objection(self, prediction: Prediction, model_version: str) -> str:
        """Return what is wrong with a prediction for a call that asked for `model_version`; empty: nothing."""
        answering = model_of(prediction.model.version, model_version)
        if answering is None:
            return f"{prediction.model.version!r} answered a call for {model_version!r}"
        if self.reason:
            return f"answered, where {self.reason} was to be said"
        return self._difference([one.probability for one in prediction.classes], answering)

    def objection_to_error(self, error: RecordingError | ServiceError) -> str:
        """Return what is wrong with a refusal; empty: nothing."""
        return (
            "" if error.reason == self.reason else f"{error.reason} {error.message!r}, not {self.reason or 'answered'}"
        )

    def agrees(self, probabilities: Sequence[float]) -> bool:
        """Return whether one of the models that take turns says so."""
        return any(not self._difference(probabilities, one) for one in (Model.PLAIN, Model.TILTED))

    def _difference(self, probabilities: Sequence[float], answering: Model) -> str:
        right = self.probabilities[answering]
        if len(probabilities) == len(right) and np.abs(right - probabilities).max() <= TOLERANCE:
            return ""
        return f"{list(probabilities)} of {answering}, not {right.tolist()}"


def make_samples(bundles: BundleFolder) -> tuple[Sample, ...]:
    """Return the good recordings, with the answers that the classifier gives by itself, and then the bad ones.

    Args:
        bundles: where the models are; both versions that take turns are published in it.
    """
    good = list(_good())
    paths = {
        Model.PLAIN: bundles.publish(1, Model.PLAIN),
        Model.TILTED: bundles.publish(2, Model.TILTED),
    }
    answers = {one: _classified(bundles.folder / version, good) for one, version in paths.items()}
    answers[Model.CANARY] = _classified(bundles.canary, good)
    samples = [Sample(recording, {one: answers[one][index] for one in Model}) for index, recording in enumerate(good)]
    return (*samples, *(Sample(recording, {}, reason) for recording, reason in _bad()))


def endlessly(samples: Sequence[Sample], chance: random.Random) -> Iterator[Sample]:
    """Yield samples at random, a bad one now and then."""
    good = [one for one in samples if not one.reason]
    bad = [one for one in samples if one.reason]
    while True:
        yield chance.choice(bad if chance.random() < _BAD_SHARE else good)


def _classified(path: Path, recordings: Sequence[Recording]) -> list[FloatArray]:
    classifier = load_classifier(str(path), Runtime.ONNX)
    outcomes = classifier.classify([model_recording(one) for one in recordings])
    return [np.array(one.probabilities) for one in outcomes if isinstance(one, model.Prediction)]


def _good() -> Iterator[Recording]:
    for index in range(WRITTEN):
        yield generate_recording(index)
    for index, (rate_hz, seconds) in enumerate(((50, 10), (250, 10), (500, 10), (1000, 5), (100, 2.5), (100, 37))):
        yield generate_recording(index, seed=1, sample_rate_hz=rate_hz, seconds=seconds)
    for index in range(4):
        one = generate_recording(index, seed=2)
        patient = PatientMetadata(age_years=30.0 + 15 * index, sex=Sex.FEMALE if index % 2 else Sex.MALE, height_cm=171)
        yield dataclasses.replace(one, metadata=patient)
    eight = generate_recording(0, seed=3)
    columns = [lead - 1 for lead in INDEPENDENT_LEADS]
    yield dataclasses.replace(eight, signal=eight.signal[:, columns], lead_names=INDEPENDENT_LEADS)
    yield _in_millivolts(generate_recording(1, seed=3))


def _bad() -> Iterator[tuple[Recording, str]]:
    one = generate_recording(0)
    holed = _in_millivolts(one)
    holed.signal[123, 4] = np.nan
    yield holed, "SAMPLE_NOT_FINITE"
    yield dataclasses.replace(one, sample_rate_hz=10.0), "SAMPLE_RATE_UNSUPPORTED"
    yield dataclasses.replace(one, signal=one.signal[:100]), "SAMPLE_COUNT_UNSUPPORTED"
    yield dataclasses.replace(one, metadata=PatientMetadata(age_years=400)), "METADATA_OUT_OF_RANGE"
    yield dataclasses.replace(one, signal=np.zeros_like(one.signal)), "SIGNAL_UNUSABLE"
    yield dataclasses.replace(one, microvolts_per_unit=1_000_000.0), "SIGNAL_OUT_OF_RANGE"
    yield dataclasses.replace(one, lead_names=(*one.lead_names[:11], one.lead_names[0])), "LEAD_REPEATED"


def _in_millivolts(recording: Recording) -> Recording:
    millivolts = (recording.signal / 1000).astype(np.float32)
    return dataclasses.replace(recording, signal=millivolts, microvolts_per_unit=1000.0)
