"""Recordings in, predictions out: neighbours in a batch have nothing to do with each other."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_model.abstention import AbstentionReason
from ecg_model.classifier import Prediction
from ecg_model.errors import InvalidRecordingError, RefusalReason
from ecg_model.manifest import AbstentionRule, Calibration, LeadRange
from ecg_model.recording import LeadName, PatientMetadata, Recording
from ecg_testing.fakes import FirstSamples, classifier_of, fake_classifier, fake_manifest

T = TypeVar("T")


def recording(first_sample: float = 0.0, samples: int = 1000, rate_hz: float = 100.0) -> Recording:
    """Return a recording that `FirstSamples` answers with its first sample, for the first class."""
    signal = np.zeros((samples, 12), dtype=np.float32)
    signal[:1, 0] = first_sample
    return Recording(signal, rate_hz, tuple(LeadName))


BAD = {
    "a rate of 2,001 Hz": (recording(rate_hz=2001.0), RefusalReason.SAMPLE_RATE_UNSUPPORTED),
    "249 samples": (recording(samples=249), RefusalReason.SAMPLE_COUNT_UNSUPPORTED),
    "eleven leads": (
        Recording(np.zeros((1000, 11), dtype=np.float32), 100, tuple(LeadName)[1:]),
        RefusalReason.LEAD_MISSING,
    ),
}


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9) | st.sampled_from(list(BAD)), max_size=12))
def test_each_outcome_is_that_recordings_own(batch: list[int | str]) -> None:
    """In any mixture of good and bad: the good have their answers, the bad their reasons."""
    outcomes = fake_classifier().classify(
        [BAD[one][0] if isinstance(one, str) else recording(one / 16) for one in batch]
    )

    assert len(outcomes) == len(batch)
    for one, outcome in zip(batch, outcomes, strict=True):
        if isinstance(one, str):
            assert isinstance(outcome, InvalidRecordingError)
            assert outcome.reason is BAD[one][1]
        else:
            assert isinstance(outcome, Prediction)
            assert outcome.probabilities == (one / 16, 0, 0, 0, 0)


def test_a_batch_of_bad_recordings_never_reaches_the_network() -> None:
    """There is nothing to run."""
    network = FirstSamples()
    fake_classifier(network).classify([bad for bad, _ in BAD.values()])

    assert network.seen == []


def test_a_missing_lead_is_named() -> None:
    """The refusal says which leads to add."""
    (outcome,) = fake_classifier().classify([BAD["eleven leads"][0]])

    assert isinstance(outcome, InvalidRecordingError)
    assert "missing: I;" in str(outcome)


def test_leads_are_put_into_the_networks_order() -> None:
    """A network that wants its leads the other way round gets them so."""
    manifest = fake_manifest()
    network = FirstSamples()
    backwards = replace(manifest, input=replace(manifest.input, lead_names=tuple(reversed(LeadName))))
    classifier_of(backwards, network).classify([recording(0.5)])

    ((_, signal),) = network.seen
    assert signal[0].tolist() == [0] * 11 + [0.5]


def test_a_signal_in_its_native_shape_reaches_the_network_as_sent() -> None:
    """Twelve leads, 100 Hz, 1000 samples: not one bit is changed."""
    network = FirstSamples()
    signal = np.random.default_rng(0).normal(size=(1000, 12)).astype(np.float32)
    fake_classifier(network).classify([Recording(signal, 100, tuple(LeadName))])

    assert network.seen[0][1].tobytes() == signal.tobytes()


def test_metadata_reaches_the_network() -> None:
    """An age of 64 adds 64 / 256."""
    (outcome,) = fake_classifier().classify([replace(recording(0.5), metadata=PatientMetadata(age_years=64))])

    assert isinstance(outcome, Prediction)
    assert outcome.probabilities[0] == 0.75


def test_a_probability_that_is_no_number_is_never_an_answer() -> None:
    """The recording that made the network overflow gets an error; its neighbours get their answers."""
    first, loud, last = fake_classifier().classify([recording(0.25), recording(2e38), recording(0.5)])

    assert isinstance(first, Prediction)
    assert isinstance(last, Prediction)
    assert isinstance(loud, InvalidRecordingError)
    assert loud.reason is RefusalReason.SIGNAL_OUT_OF_RANGE


def test_what_is_told_is_calibrated_and_so_is_the_uncertainty() -> None:
    """Even odds times three are 0.75; the other classes stay at 0, where nothing is uncertain."""
    manifest = fake_manifest()
    classes = [replace(one, calibration=Calibration(intercept=math.log(3))) for one in manifest.classes]
    calibrated = replace(manifest, classes=tuple(classes))
    (outcome,) = classifier_of(calibrated, FirstSamples()).classify([recording(0.5)])

    assert isinstance(outcome, Prediction)
    assert outcome.probabilities == pytest.approx((0.75, 0, 0, 0, 0))
    assert outcome.uncertainty == pytest.approx(0.8112781 / 5)
    assert outcome.abstentions == ()


@settings(max_examples=30)
@given(st.lists(st.sampled_from([*BAD, "sure", "unsure", "loud"]), max_size=8))
def test_the_model_abstains_from_those_recordings_alone_that_give_it_reason(batch: list[str]) -> None:
    """In any mixture, refused ones included: the unsure are UNCERTAIN, and lead I of the loud is UNFAMILIAR."""
    kinds = {"sure": recording(0.0), "unsure": recording(0.5), "loud": recording(1.0)}
    ranges = tuple(LeadRange(name=name, deviation_mv=(0, 0.02), step_deviation_mv=(0, 0.03)) for name in LeadName)
    rule = AbstentionRule(greatest_uncertainty=0.1, lead_ranges=ranges)
    classifier = classifier_of(replace(fake_manifest(), abstention=rule), FirstSamples())
    outcomes = classifier.classify([BAD[one][0] if one in BAD else kinds[one] for one in batch])

    expected = {
        "sure": [],
        "unsure": [(AbstentionReason.UNCERTAIN, None)],
        "loud": [(AbstentionReason.UNFAMILIAR, LeadName.I)],
    }
    for one, outcome in zip(batch, outcomes, strict=True):
        if isinstance(outcome, Prediction):
            assert [(why.reason, why.lead) for why in outcome.abstentions] == expected[one]
        else:
            assert one in BAD


class Watched(tuple[T, ...]):  # noqa: SLOT001 - a tuple with slots cannot count
    """A tuple that counts how often somebody goes through it."""

    count = 0

    def __iter__(self) -> Iterator[T]:
        """Go through it."""
        self.count += 1
        return super().__iter__()


def test_the_manifest_is_read_once_and_not_for_every_batch() -> None:
    """What calibration and abstention need of it is made with the first batch."""
    ranges = Watched(LeadRange(name=name, deviation_mv=(0, 9), step_deviation_mv=(0, 9)) for name in LeadName)
    classes = Watched(fake_manifest().classes)
    rule = AbstentionRule(greatest_uncertainty=0.1, lead_ranges=ranges)
    classifier = classifier_of(replace(fake_manifest(), classes=classes, abstention=rule), FirstSamples())
    classifier.classify([recording(0.5)])
    first = (classes.count, ranges.count)
    for _ in range(3):
        classifier.classify([recording(0.25)] * 2)

    assert min(first) > 0
    assert (classes.count, ranges.count) == first


@pytest.mark.parametrize("shape", [(1000,), (1000, 12, 1), (1000, 11)])
def test_a_signal_of_another_shape_is_a_programming_error(shape: tuple[int, ...]) -> None:
    """A signal has one column for each lead name: anything else is a mistake of the program, not of a caller."""
    with pytest.raises(ValueError, match="shape"):
        Recording(np.zeros(shape, dtype=np.float32), 100, tuple(LeadName))
