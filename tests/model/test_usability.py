"""Signals of which something is unusable: what the network is given, what is said of it, and what is refused."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ecg_client.formats.synthetic import generate_recording
from ecg_model.classifier import Prediction
from ecg_model.errors import InvalidRecordingError, RefusalReason
from ecg_model.leads import INDEPENDENT_LEADS, STANDARD_ORDER
from ecg_model.manifest import AbstentionRule, LeadRange, SignalRule
from ecg_model.recording import FloatArray, LeadName, Recording
from ecg_model.warning import WarningCode
from ecg_testing.fakes import FirstSamples, classifier_of, fake_classifier, fake_manifest

RULE = SignalRule(maskable_leads=3, greatest_offset_mv=0.05)
V1, V3, AVF = STANDARD_ORDER[LeadName.V1], STANDARD_ORDER[LeadName.V3], STANDARD_ORDER[LeadName.AVF]
CHANGING = {
    WarningCode.LEAD_DERIVED,
    WarningCode.SIGNAL_LEAD_MASKED,
    WarningCode.SIGNAL_WINDOW_LEFT_OUT,
    WarningCode.SIGNAL_OFFSET_REMOVED,
}

Damage = Callable[[FloatArray], None]


def ecg(seconds: int = 10) -> FloatArray:
    """Return a clean signal, in mV."""
    ten_seconds = generate_recording(0).signal.astype(np.float32) / 1000
    return np.tile(ten_seconds, (seconds // 10, 1))


def damaged(damage: Damage, seconds: int = 10) -> FloatArray:
    """Return a signal after something was done to it."""
    signal = ecg(seconds)
    damage(signal)
    return signal


def flat(*leads: LeadName, start: int = 0, stop: int | None = None) -> Damage:
    """Return a damage that makes leads flat, from one sample to another."""

    def damage(signal: FloatArray) -> None:
        signal[start:stop, [STANDARD_ORDER[name] for name in leads]] = 0.3

    return damage


def masking(signal: FloatArray, names: tuple[LeadName, ...] = tuple(LeadName)) -> tuple[object, FirstSamples]:
    """Return the outcome of a model that masks up to three leads, and what its network saw."""
    network = FirstSamples()
    classifier = classifier_of(replace(fake_manifest(), signal_rule=RULE), network)
    (outcome,) = classifier.classify([Recording(signal, 100, names)])
    return outcome, network


def told(outcome: object) -> Prediction:
    """Return an outcome that is a prediction."""
    assert isinstance(outcome, Prediction)
    return outcome


def refused(signal: FloatArray, names: tuple[LeadName, ...] = tuple(LeadName)) -> InvalidRecordingError:
    """Return why a recording is refused."""
    outcome, _ = masking(signal, names)
    assert isinstance(outcome, InvalidRecordingError)
    return outcome


def test_a_clean_signal_is_given_as_it_is() -> None:
    """And nothing is said of it that changes a probability."""
    outcome, network = masking(ecg())

    assert np.array_equal(network.seen[0][1], ecg())
    assert not CHANGING & {one.code for one in told(outcome).warnings}


def test_an_unusable_lead_is_masked_and_both_are_said() -> None:
    """The network is given 0 mV; one warning tells the fault, another what was done about it."""
    outcome, network = masking(damaged(flat(LeadName.V3)))

    (_, seen), expected = network.seen[0], ecg()
    expected[:, V3] = 0
    assert np.array_equal(seen, expected)
    said = {one.code: one for one in told(outcome).warnings if one.lead is LeadName.V3}
    assert set(said) == {WarningCode.SIGNAL_FLAT, WarningCode.SIGNAL_LEAD_MASKED}
    assert said[WarningCode.SIGNAL_LEAD_MASKED].message == (
        "lead V3 is unusable and was masked: the network was given 0 mV"
    )


def test_an_unusable_limb_lead_that_others_tell_is_computed() -> None:
    """Nothing is lost, and the warning says where the lead comes from."""
    outcome, network = masking(damaged(flat(LeadName.AVF)))

    assert np.abs(network.seen[0][1] - ecg()).max() < 0.002
    (derived,) = (one for one in told(outcome).warnings if one.code is WarningCode.LEAD_DERIVED)
    assert (derived.lead, derived.message) == (LeadName.AVF, "lead aVF is unusable and was computed from I and II")


def test_as_many_leads_are_masked_as_may_be() -> None:
    """Three are still answered for."""
    outcome, _ = masking(damaged(flat(LeadName.V1, LeadName.V2, LeadName.V3)))

    masked = [one.lead for one in told(outcome).warnings if one.code is WarningCode.SIGNAL_LEAD_MASKED]
    assert masked == [LeadName.V1, LeadName.V2, LeadName.V3]


def test_with_one_more_the_recording_is_refused_and_each_lead_named() -> None:
    """At its place in what was sent, with what is wrong with it."""
    names = tuple(reversed(INDEPENDENT_LEADS))
    signal = damaged(flat(*INDEPENDENT_LEADS[4:]))[:, [STANDARD_ORDER[name] for name in names]]
    error = refused(signal, names)

    assert error.reason is RefusalReason.SIGNAL_UNUSABLE
    assert str(error) == (
        "4 leads are unusable, and at most 3 may be (flat: V3, V4, V5, V6); check the electrodes, and that the samples "
        "are millivolts"
    )
    assert [one.field for one in error.violations] == ["signal[3]", "signal[2]", "signal[1]", "signal[0]"]


def test_of_eight_leads_none_of_the_limb_can_be_lost() -> None:
    """What follows from a lost lead is lost with it, and the refusal says so."""
    names = INDEPENDENT_LEADS
    error = refused(damaged(flat(LeadName.I))[:, [STANDARD_ORDER[name] for name in names]], names)

    assert "at most 3 may be (flat: I; not sent, and I or II is unusable: III, aVR, aVL, aVF); check" in str(error)


def test_one_absurd_lead_harms_no_other() -> None:
    """It is masked like any other that is unusable, however large it is."""

    def damage(signal: FloatArray) -> None:
        signal[100, V1] = 3e38
        signal[200, V1] = -3e38

    outcome, network = masking(damaged(damage))

    assert not network.seen[0][1][:, V1].any()
    assert all(np.isfinite(told(outcome).probabilities))


def test_a_window_that_is_unusable_is_left_out_of_a_long_recording() -> None:
    """The others tell the recording's probabilities; the window's own are not told."""
    outcome, _ = masking(damaged(flat(*LeadName, start=0, stop=1000), seconds=30))
    prediction = told(outcome)

    used = [one.probabilities for one in prediction.windows if one.probabilities]
    assert [bool(one.probabilities) for one in prediction.windows] == [False, True, True, True, True]
    assert prediction.probabilities == pytest.approx(np.mean(used, axis=0), abs=1e-6)
    (left_out,) = (one for one in prediction.warnings if one.code is WarningCode.SIGNAL_WINDOW_LEFT_OUT)
    assert (left_out.measured, left_out.unit) == (1, "window")
    assert left_out.message == "1 of 5 windows left out: too much of the signal is unusable there"


def test_a_lead_that_fails_for_a_while_is_masked_for_that_while() -> None:
    """The windows in which it is fine have it, and the warning says in how many it was not."""
    outcome, network = masking(damaged(flat(LeadName.V1, start=0, stop=1000), seconds=30))

    assert [bool(signal[:, V1].any()) for _, signal in network.seen] == [False, True, True, True, True]
    (masked,) = (one for one in told(outcome).warnings if one.code is WarningCode.SIGNAL_LEAD_MASKED)
    assert masked.message == "lead V1 is unusable in 1 of 5 windows and was masked: the network was given 0 mV"


def test_neighbours_of_an_unusable_recording_are_answered_as_ever() -> None:
    """One masked, one refused, one clean, in one batch."""
    network = FirstSamples()
    classifier = classifier_of(replace(fake_manifest(), signal_rule=RULE), network)
    signals = [ecg(), damaged(flat(LeadName.I)), np.zeros_like(ecg()), ecg()]
    first, masked, zero, last = classifier.classify([Recording(one, 100, tuple(LeadName)) for one in signals])

    assert first == last == classifier.classify([Recording(ecg(), 100, tuple(LeadName))])[0]
    # The fake tells of the first class the first sample of lead I.
    assert told(masked).probabilities == (0, *told(first).probabilities[1:])
    assert isinstance(zero, InvalidRecordingError)


def test_a_bare_network_is_given_everything_as_it_was_sent() -> None:
    """Without a rule for masking quality is only warned of."""
    network = FirstSamples()
    signal = damaged(flat(*INDEPENDENT_LEADS[2:])) * 1000
    (outcome,) = fake_classifier(network).classify([Recording(signal, 100, tuple(LeadName))])

    assert np.array_equal(network.seen[0][1], signal)
    codes = {one.code for one in told(outcome).warnings}
    assert codes >= {WarningCode.SIGNAL_FLAT, WarningCode.SIGNAL_AMPLITUDE}
    assert not codes & CHANGING


def test_an_offset_is_removed_and_said() -> None:
    """The network is given what it would have been given without, and one warning names the leads."""

    def damage(signal: FloatArray) -> None:
        signal[:, V1] += 0.5
        signal[:, V3] -= 2

    outcome, network = masking(damaged(damage))

    assert np.abs(network.seen[0][1] - ecg()).max() < 0.002
    (removed,) = (one for one in told(outcome).warnings if one.code is WarningCode.SIGNAL_OFFSET_REMOVED)
    assert removed.message == "an offset of up to 2 mV was removed from V1, V3"
    assert (removed.measured, removed.unit) == (pytest.approx(2, abs=0.01), "mV")


def test_a_masked_lead_is_no_reason_to_abstain() -> None:
    """It has been warned of; the network learned to do without."""
    ranges = tuple(LeadRange(name=name, deviation_mv=(0.01, 5), step_deviation_mv=(0.001, 5)) for name in LeadName)
    rule = AbstentionRule(greatest_uncertainty=1, lead_ranges=ranges)
    manifest = replace(fake_manifest(), abstention=rule)
    recording = Recording(damaged(flat(LeadName.V1)), 100, tuple(LeadName))
    (unmasked,) = classifier_of(manifest, FirstSamples()).classify([recording])
    (masked,) = classifier_of(replace(manifest, signal_rule=RULE), FirstSamples()).classify([recording])

    assert [one.lead for one in told(unmasked).abstentions] == [LeadName.V1]
    assert told(masked).abstentions == ()


def test_samples_at_the_end_of_what_a_number_can_be_are_refused_quietly() -> None:
    """The mean of two ranges is beyond float32 then: no warning of NumPy's comes of it."""
    signal = np.where(np.arange(1000)[:, np.newaxis] % 2, np.float32(1.7e38), np.float32(-1.7e38))
    outcome, _ = masking(np.repeat(signal, 12, axis=1).astype(np.float32))

    assert isinstance(outcome, InvalidRecordingError)
    assert outcome.reason is RefusalReason.SIGNAL_OUT_OF_RANGE
