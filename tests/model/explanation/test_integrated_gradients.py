"""Integrated gradients: what adds up, and what does not."""

from dataclasses import replace

import numpy as np
import pytest

from ecg_model.classifier import Classifier
from ecg_model.errors import GradientsUnavailableError, IncompleteExplanationError, InvalidOptionsError
from ecg_model.explanation.choices import Choices, Method
from ecg_model.explanation.explaining import explain
from ecg_model.explanation.explanation import Explanation
from ecg_model.loading import Runtime, load_classifier
from ecg_model.manifest import Calibration
from ecg_model.recording import FloatArray, PatientMetadata, Recording
from ecg_testing.fakes import classifier_of, fake_classifier, fake_manifest
from ecg_testing.shipped import shipped_recordings

LEADS = tuple(fake_manifest().input.lead_names)


class Sums:
    """Gives each class the sum of one lead, I, II, III, aVR or aVL, over 10,000 mV, and the age over 256 years."""

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class]."""
        return signal[:, :, :5].sum(axis=1) / 10_000 + metadata[:, :1] / 256

    def gradients(
        self, metadata: FloatArray, signal: FloatArray, output: int
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return probabilities and the gradients of one."""
        by_metadata, by_signal = np.zeros_like(metadata), np.zeros_like(signal)
        by_metadata[:, 0] = 1 / 256
        by_signal[:, :, output] = 1 / 10_000
        return self(metadata, signal), by_metadata, by_signal


class Curved(Sums):
    """Gives each class the logistic function of what `Sums` gives it, less 1/2, times 8."""

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class]."""
        return 1 / (1 + np.exp(4 - 8 * super().__call__(metadata, signal)))

    def gradients(
        self, metadata: FloatArray, signal: FloatArray, output: int
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return probabilities and the gradients of one."""
        _, by_metadata, by_signal = super().gradients(metadata, signal, output)
        probabilities = self(metadata, signal)
        slopes = (8 * probabilities * (1 - probabilities))[:, output]
        return probabilities, slopes[:, np.newaxis] * by_metadata, slopes[:, np.newaxis, np.newaxis] * by_signal


class Liar(Sums):
    """Tells gradients that are not its own."""

    def gradients(
        self, metadata: FloatArray, signal: FloatArray, output: int
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return probabilities, and gradients that are nine tenths of what they should be."""
        probabilities, by_metadata, by_signal = super().gradients(metadata, signal, output)
        return probabilities, 0.9 * by_metadata, 0.9 * by_signal


def recording(seconds: float = 10.0) -> Recording:
    """Return a recording with 2, 4, 6, ... mV in the leads, of a patient of 64 years."""
    signal = np.tile(np.arange(2, 26, 2, dtype=np.float32), (round(seconds * 100), 1))
    return Recording(signal, 100.0, LEADS, PatientMetadata(age_years=64, has_pacemaker=True))


def explained(
    classifier: Classifier, one: Recording, classes: tuple[int, ...] = (0, 1), most: int = 1000, **choices: bool | int
) -> Explanation:
    """Return an explanation by integrated gradients."""
    asked = Choices(classes=classes, method=Method.INTEGRATED_GRADIENTS, **choices)  # type: ignore[arg-type] # by name
    return explain(classifier, one, asked, most, lambda: None)


def test_of_a_sum_each_summand_has_what_it_adds() -> None:
    """Lead I adds 1000 samples of 2 mV over 10,000 mV; each half second a twentieth of that; the age a quarter."""
    explanation = explained(classifier_of(fake_manifest(), Sums()), recording(), include_lead_times=True)

    first, second = explanation.classes
    assert first.probability == pytest.approx(0.2 + 0.25)
    assert first.leads == pytest.approx([0.2, *[0] * 11])
    assert second.leads == pytest.approx([0, 0.4, *[0] * 10])
    assert first.segments == pytest.approx([0.01] * 20)
    assert first.lead_segments[0] == pytest.approx([0.01] * 20)
    assert explanation.metadata_names == ("age_years", "has_pacemaker")
    assert first.metadata == pytest.approx([0.25, 0])
    assert first.baseline_probability == 0
    assert first.completeness_error == pytest.approx(0, abs=1e-5)
    assert explanation.computed_windows == 2 * 17


def test_what_a_curved_network_adds_adds_up_with_its_calibration() -> None:
    """The probability that is explained is the calibrated one."""
    classes = tuple(
        replace(one, calibration=Calibration(slope=0.5, intercept=index / 4))
        for index, one in enumerate(fake_manifest().classes)
    )
    classifier = classifier_of(replace(fake_manifest(), classes=classes), Curved())
    explanation = explained(classifier, recording(), classes=(0, 1, 4))

    for one in explanation.classes:
        assert one.probability == pytest.approx(explanation.prediction.probabilities[one.place], abs=1e-6)
        assert one.baseline_probability is not None
        change = one.probability - one.baseline_probability
        assert change > 0.3
        assert sum(one.leads) + sum(one.metadata) == pytest.approx(change, rel=0.05)
        assert sum(one.segments) == pytest.approx(sum(one.leads))
        assert one.completeness_error is not None
        assert one.completeness_error <= 0.05


def test_the_windows_of_a_long_recording_share_what_they_add() -> None:
    """A half second that two of three windows see adds twice as much to the mean as one that one sees."""
    explanation = explained(classifier_of(fake_manifest(), Sums()), recording(seconds=20), classes=(0,))

    (one,) = explanation.classes
    assert one.leads[0] == pytest.approx(0.2)
    assert one.segments[0] == pytest.approx(0.01 / 3)
    assert one.segments[15] == pytest.approx(0.02 / 3)
    assert explanation.computed_windows == 3 * 17


def test_what_does_not_add_up_is_not_told() -> None:
    """A tenth is missing, however many steps are made; the error says so, and what to ask for instead."""
    with pytest.raises(IncompleteExplanationError, match=r"of NORM miss what they should add up to by 10%.*OCCLUSION"):
        explained(classifier_of(fake_manifest(), Liar()), recording())


def test_a_runtime_without_gradients() -> None:
    """The error names what can be asked for there, and how to run a server that has them."""
    with pytest.raises(GradientsUnavailableError, match="--runtime tensorflow"):
        explained(fake_classifier(), recording())


def test_more_than_may_be_computed_is_refused() -> None:
    """Sixteen steps for each class are the least."""
    classifier = classifier_of(fake_manifest(), Sums())
    with pytest.raises(InvalidOptionsError, match="34 windows"):
        explained(classifier, recording(), most=33)
    assert explained(classifier, recording(), most=34).computed_windows == 34


@pytest.fixture(scope="module")
def tensorflow_classifier() -> Classifier:
    """The small shipped model in TensorFlow."""
    return load_classifier("reference", Runtime.TENSORFLOW)


def test_tensorflow_tells_the_gradients_of_its_network(tensorflow_classifier: Classifier) -> None:
    """A small step along them changes the probability by as much as they say."""
    network, one = tensorflow_classifier.network, shipped_recordings()[1]
    metadata = np.array([[34, 1, 168, 62, 0, 0, 0]], dtype=np.float32)
    signal = one.signal[np.newaxis]
    before, by_metadata, by_signal = network.gradients(metadata, signal, 2)  # type: ignore[attr-defined] # TensorFlow's
    step = np.float32(2e-3) * by_signal / np.abs(by_signal).max()
    after = network(metadata, signal + step) - network(metadata, signal - step)

    assert before == pytest.approx(network(metadata, signal), abs=1e-6)
    assert by_metadata.shape == metadata.shape
    assert after[0, 2] == pytest.approx(2 * float((by_signal * step).sum()), rel=0.05)


def test_a_shipped_network_is_explained(tensorflow_classifier: Classifier) -> None:
    """All classes of a recording that looks like an ECG; everything adds up to within 5 %."""
    explanation = explained(tensorflow_classifier, shipped_recordings()[1], classes=(0, 1, 2, 3, 4))

    for one in explanation.classes:
        assert one.baseline_probability is not None
        total = sum(one.leads) + sum(one.metadata)
        missing = abs(total - (one.probability - one.baseline_probability))
        assert missing <= 0.05 * max(abs(one.probability - one.baseline_probability), 0.1) + 1e-6
