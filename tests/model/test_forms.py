"""Recordings of any form, one by one and in a batch: what the network is given, and what is said of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_model.classifier import Classifier, Prediction, WindowPrediction
from ecg_model.leads import INDEPENDENT_LEADS, STANDARD_ORDER
from ecg_model.recording import FloatArray, LeadName, Recording
from ecg_model.resampling import DELAY_SECONDS
from ecg_model.warning import RecordingWarning, WarningCode
from ecg_testing.fakes import FirstSamples, fake_classifier

SEEN = 1e-5


def ecg(seconds: float = 10.0, rate_hz: float = 100.0, seed: int = 0, delay: float = 0.0) -> FloatArray:
    """Return twelve leads that belong together, of waves that any rate can hold; each seed gives another recording."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate_hz))[:, np.newaxis] / rate_hz + delay
    waves = sum(
        np.sin(2 * np.pi * hertz * time + random.uniform(0, 6, size=(1, 8))) * random.uniform(0.1, 0.4, size=(1, 8))
        for hertz in (0.93, 1.74, 5.27, 8.11)
    )
    one, two, *chest = waves.T
    limb = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    return np.column_stack([*limb, *chest]).astype(np.float32)


def recording(signal: FloatArray, rate_hz: float = 100.0, names: tuple[LeadName, ...] = tuple(LeadName)) -> Recording:
    """Return a recording of some of the leads of a signal, in an order."""
    return Recording(signal[:, [STANDARD_ORDER[name] for name in names]], rate_hz, names)


def told(outcome: object) -> Prediction:
    """Return an outcome that is a prediction."""
    assert isinstance(outcome, Prediction)
    return outcome


def classified(one: Recording) -> tuple[Prediction, list[FloatArray]]:
    """Return what a fake network tells of a recording, and the windows that it saw."""
    network = FirstSamples()
    (outcome,) = fake_classifier(network).classify([one])
    return told(outcome), [signal for _, signal in network.seen]


def said(prediction: Prediction, code: WarningCode) -> list[RecordingWarning]:
    """Return the warnings of one kind."""
    return [one for one in prediction.warnings if one.code is code]


@settings(max_examples=30)
@given(st.permutations(list(LeadName)))
def test_the_network_sees_the_same_whatever_the_order_of_the_leads(names: list[LeadName]) -> None:
    """Not one bit differs, and nothing is warned of."""
    prediction, (seen,) = classified(recording(ecg(), names=tuple(names)))

    assert np.array_equal(seen, ecg())
    assert not said(prediction, WarningCode.LEAD_DERIVED)


@settings(max_examples=30)
@given(st.permutations(list(INDEPENDENT_LEADS)))
def test_eight_leads_are_twelve(names: list[LeadName]) -> None:
    """The other four are computed, and each is named in a warning."""
    prediction, (seen,) = classified(recording(ecg(), names=tuple(names)))

    assert np.abs(seen - ecg()).max() < SEEN
    derived = said(prediction, WarningCode.LEAD_DERIVED)
    assert [one.lead for one in derived] == [LeadName.III, LeadName.AVR, LeadName.AVL, LeadName.AVF]
    assert derived[0].message == "lead III was not sent: it was computed from I and II"


@pytest.mark.parametrize("rate_hz", [50, 62.5, 99.9, 128, 257, 499.8, 500, 1000, 2000])
def test_a_recording_of_another_rate_is_resampled_and_says_so(rate_hz: float) -> None:
    """What the network sees is what it would have seen at its own rate; the warning tells the rate that was sent."""
    prediction, (seen,) = classified(recording(ecg(rate_hz=rate_hz), rate_hz))

    assert np.abs(seen - ecg(delay=DELAY_SECONDS))[20:-20].max() < 0.02
    (resampled,) = said(prediction, WarningCode.RESAMPLED)
    assert (resampled.measured, resampled.unit) == (rate_hz, "Hz")
    assert resampled.message == f"the signal was resampled from {rate_hz:g} to 100 Hz"


def test_a_rate_is_taken_to_the_nearest_tenth() -> None:
    """A clock that is off by less is no other rate."""
    prediction, (seen,) = classified(recording(ecg(), 100.04))

    assert np.array_equal(seen, ecg())
    assert not said(prediction, WarningCode.RESAMPLED)


@pytest.mark.parametrize("seconds", [2.5, 4.0, 9.99])
def test_a_short_recording_is_repeated_and_says_so(seconds: float) -> None:
    """It begins again where it ends; the warning tells its length."""
    prediction, (seen,) = classified(recording(ecg(seconds)))

    samples = round(seconds * 100)
    assert np.array_equal(seen[:samples], ecg(seconds))
    assert np.array_equal(seen[samples], ecg(seconds)[0])
    (padded,) = said(prediction, WarningCode.RECORDING_PADDED)
    assert (padded.measured, padded.unit) == (seconds, "s")
    assert padded.message == f"the recording has {seconds:g} s: it was repeated to fill 10 s; the answer is less sure"
    assert prediction.windows == (WindowPrediction(0.0, prediction.probabilities),)


@pytest.mark.parametrize("rate_hz", [100, 250])
def test_a_long_recording_is_seen_in_windows_and_its_probabilities_are_their_mean(rate_hz: float) -> None:
    """Twenty seconds are three windows; each has its offset and its probabilities."""
    prediction, seen = classified(recording(ecg(20, rate_hz), rate_hz))

    assert len(seen) == 3
    whole = ecg(20, delay=0.0 if rate_hz == 100 else DELAY_SECONDS)
    for offset, window in zip((0, 500, 1000), seen, strict=True):
        assert np.abs(window - whole[offset : offset + 1000])[20:-20].max() < 0.02
    assert [one.offset_seconds for one in prediction.windows] == [0, 5, 10]
    means = np.mean([one.probabilities for one in prediction.windows], axis=0)
    assert prediction.probabilities == pytest.approx(means, abs=1e-6)
    assert len({one.probabilities for one in prediction.windows}) == 3
    (combined,) = said(prediction, WarningCode.RECORDING_COMBINED)
    assert (combined.measured, combined.unit) == (3, "window")


FORMS = {
    "native": recording(ecg()),
    "another": recording(ecg(seed=1)),
    "eight leads": recording(ecg(seed=2), names=INDEPENDENT_LEADS),
    "500 Hz": recording(ecg(rate_hz=500, seed=3), 500),
    "3 s": recording(ecg(3, seed=4)),
    "31 s": recording(ecg(31, seed=5)),
    "25 s at 257 Hz": recording(ecg(25, 257, seed=6), 257),
}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(list(FORMS)), max_size=8))
def test_each_recordings_answer_is_its_own_in_any_mixture_of_forms(batch: list[str]) -> None:
    """Rates, lengths and leads mixed: every recording has the answer that it has alone."""
    classifier = fake_classifier()

    for name, outcome in zip(batch, classifier.classify([FORMS[name] for name in batch]), strict=True):
        assert outcome == ALONE[name]


def alone(classifier: Classifier) -> dict[str, Prediction]:
    """Return the answer to each form by itself."""
    return {name: told(classifier.classify([one])[0]) for name, one in FORMS.items()}


ALONE = alone(fake_classifier())


@pytest.mark.parametrize(
    ("name", "windows"), [("native", 1), ("3 s", 1), ("500 Hz", 1), ("31 s", 6), ("25 s at 257 Hz", 4)]
)
def test_what_a_recording_costs_is_its_windows(name: str, windows: int) -> None:
    """It is known before anything is computed."""
    assert fake_classifier().window_count(FORMS[name]) == windows
    assert len(ALONE[name].windows) == windows


def test_metadata_goes_with_every_window() -> None:
    """Each window is classified as the same patient's."""
    network = FirstSamples()
    with_age = replace(FORMS["31 s"], metadata=replace(FORMS["31 s"].metadata, age_years=64.0))
    fake_classifier(network).classify([FORMS["native"], with_age])

    assert [metadata[0] for metadata, _ in network.seen] == [0] + [64] * 6
