"""All faults of a batch of windows, and what is said of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_model.recording import FloatArray, LeadName
from ecg_model.signal_quality.assessment import Assessment, Measurement, assess, assess_as_sent
from ecg_model.signal_quality.criteria import (
    AMPLITUDE,
    ARM_LEADS,
    AS_SENT,
    AT_NETWORK_RATE,
    CRITERIA,
    FLAT_LINE,
    NOISE,
    Criterion,
)
from ecg_model.warning import WarningCode

LEADS = tuple(LeadName)
PER_LEAD = [one for one in CRITERIA if one is not ARM_LEADS]


def assessed(signals: FloatArray) -> Assessment:
    """Return the assessment of signals at 100 Hz."""
    return assess(signals, 100.0, assess_as_sent(signals))


def with_values(criterion: Criterion, given_values: FloatArray) -> Assessment:
    """Return an assessment in which nothing but one fault was measured."""
    return Assessment((Measurement(criterion, given_values),))


def test_every_criterion_is_measured_once(synthetic: FloatArray) -> None:
    """For each window and lead; the arms for each window."""
    measurements = assessed(synthetic).measurements

    assert [one.criterion for one in measurements] == [*AS_SENT, *AT_NETWORK_RATE]
    assert {one.values.dtype.name for one in measurements} == {"float32"}
    for one in measurements:
        assert one.values.shape == (len(synthetic), 1 if one.criterion is ARM_LEADS else 12)


def test_clean_recordings_bring_no_warning(synthetic: FloatArray) -> None:
    """And every lead of theirs is usable."""
    assessment = assessed(synthetic)

    assert assessment.warnings(slice(0, len(synthetic)), LEADS) == ()
    assert not assessment.unusable().any()
    assert assessment.unusable().shape == (len(synthetic), 12)


def test_a_flat_lead_is_unusable_and_said_to_be_flat(synthetic: FloatArray) -> None:
    """Of all windows only that one's."""
    signals = synthetic.copy()
    signals[2, :, 8] = 0.5
    assessment = assessed(signals)

    assert np.argwhere(assessment.unusable()).tolist() == [[2, 8]]
    assert assessment.warnings(slice(0, 2), LEADS) == ()
    (warning,) = assessment.warnings(slice(2, 3), LEADS)
    assert (warning.code, warning.lead) == (WarningCode.SIGNAL_FLAT, LeadName.V3)
    assert (warning.measured, warning.unit) == (100, "%")
    assert warning.message == (
        "lead V3 is flat 100 % of the time: its samples range over less than 0.02 mV within a second; "
        "check the electrode, and that the samples are in millivolts"
    )


def test_the_worst_window_speaks_for_all() -> None:
    """And how many of the recording's windows have the fault is said, when it has several."""
    noise = np.zeros((5, 12), dtype=np.float32)
    noise[1:4, 6] = 0.1, 0.0823456, 0.09
    noise[4, 7] = 0.05
    assessment = with_values(NOISE, noise)

    first, second = assessment.warnings(slice(1, 5), LEADS)
    assert (first.lead, first.measured) == (LeadName.V1, 0.1)
    assert (
        "0.1 mV (root mean square) of high-frequency noise between the beats in 3 of 4 windows; check" in first.message
    )
    assert (second.lead, second.measured) == (LeadName.V2, 0.05)
    assert " in 1 of 4 windows; " in second.message
    (alone,) = assessment.warnings(slice(2, 3), LEADS)
    assert alone.measured == 0.08235
    assert "window" not in alone.message


def test_the_seam_of_a_repeated_recording_is_no_step(synthetic: FloatArray) -> None:
    """Where its baseline ends elsewhere than it began; whatever else is wrong with it is said."""
    part = synthetic[:1, :500].copy()
    part[..., 9] = 0
    part[..., 10] += np.linspace(0, 3, 500, dtype=np.float32)
    assessment = assessed(np.concatenate([part, part], axis=1))

    assert WarningCode.SIGNAL_STEP in {one.code for one in assessment.warnings(slice(0, 1), LEADS)}
    (warning,) = assessment.warnings(slice(0, 1), LEADS, repeated=True)
    assert warning.code is WarningCode.SIGNAL_FLAT


def test_a_fault_of_the_whole_recording_has_no_lead() -> None:
    """Nor does its warning."""
    assessment = with_values(ARM_LEADS, np.array([[-1], [1.234]], dtype=np.float32))

    (warning,) = assessment.warnings(slice(0, 2), LEADS)
    assert warning.code is WarningCode.SIGNAL_ARM_LEADS_SWAPPED
    assert warning.lead is None
    assert (warning.measured, warning.unit) == (1.234, "")
    assert "likely swapped" in warning.message
    assert "None" not in warning.message
    assert not assessment.unusable().any()


@pytest.mark.parametrize("criterion", PER_LEAD, ids=lambda one: one.code.name)
def test_a_figure_at_its_threshold_is_said_and_one_below_is_not(criterion: Criterion) -> None:
    """In words that name lead and figure, and a remedy."""
    at = np.float32(criterion.warns_from)
    below = np.nextafter(at, np.float32(0))
    given_values = np.zeros((1, 12), dtype=np.float32)
    given_values[0, 4], given_values[0, 5] = at, below

    (warning,) = with_values(criterion, given_values).warnings(slice(0, 1), LEADS)
    assert (warning.code, warning.lead, warning.unit) == (criterion.code, LeadName.AVL, criterion.unit)
    assert warning.measured == pytest.approx(criterion.warns_from, rel=1e-3)
    assert "lead aVL" in warning.message
    assert warning.message.endswith(f"; {criterion.remedy}")


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda one: one.code.name)
def test_only_what_is_said_masks(criterion: Criterion) -> None:
    """A lead is never replaced in silence."""
    assert criterion.unusable_from is None or criterion.unusable_from >= criterion.warns_from


def test_a_lead_is_unusable_from_its_threshold_on() -> None:
    """One without such a threshold never is."""
    amplitudes = np.zeros((2, 12), dtype=np.float32)
    amplitudes[1, 2:5] = 29.9, 30, 1e30
    unusable = with_values(AMPLITUDE, amplitudes).unusable()
    never = with_values(replace(AMPLITUDE, unusable_from=None), amplitudes).unusable()

    assert np.argwhere(unusable).tolist() == [[1, 3], [1, 4]]
    assert never.shape == (2, 12)
    assert not never.any()


@pytest.mark.parametrize("size", [1e30, 1e38, 3.4e38])
@pytest.mark.parametrize("windows", [1, 3])
def test_samples_of_any_size_are_measured_without_a_warning(synthetic: FloatArray, size: float, windows: int) -> None:
    """What overflows is as bad as can be, finite, and its own lead's alone."""
    signals = synthetic[:windows].copy()
    signals[0, ::2, 7] = size
    signals[0, 1::2, 7] = -size
    assessment = assessed(signals)

    for one in assessment.measurements:
        assert np.isfinite(one.values).all()
    assert np.argwhere(assessment.unusable()).tolist() == [[0, 7]]
    said = assessment.warnings(slice(0, windows), LEADS)
    assert {warning.lead for warning in said} == {LeadName.V2}
    assert assessment.values(AMPLITUDE)[0, 7] > 1e30


@pytest.mark.parametrize("size", [1e38, -1e38, 1e-38, 0.0])
def test_a_signal_of_one_number_is_flat(size: float) -> None:
    """However large; and it is nothing else."""
    assessment = assessed(np.full((2, 1000, 12), size, dtype=np.float32))

    assert assessment.unusable().all()
    codes = {warning.code for warning in assessment.warnings(slice(0, 1), LEADS)}
    assert WarningCode.SIGNAL_FLAT in codes
    assert WarningCode.SIGNAL_CLIPPED not in codes


@settings(max_examples=20)
@given(st.permutations(range(6)))
def test_windows_do_not_touch_each_other(synthetic: FloatArray, order: list[int]) -> None:
    """In another order the same figures come, in that order."""
    signals = synthetic[:6].copy()
    signals[2, :, 3] = 0
    signals[4] *= 1e6
    before, after = assessed(signals), assessed(np.ascontiguousarray(signals[order]))

    for one, other in zip(before.measurements, after.measurements, strict=True):
        np.testing.assert_allclose(other.values, one.values[order], rtol=1e-4, atol=1e-5)


def test_a_window_alone_has_the_figures_it_has_in_a_batch(synthetic: FloatArray) -> None:
    """Whatever the size of the batch."""
    together = assessed(synthetic)
    for index in (0, 1, 39):
        alone = assessed(synthetic[index : index + 1])
        for one, other in zip(together.measurements, alone.measurements, strict=True):
            np.testing.assert_allclose(other.values[0], one.values[index], rtol=1e-4, atol=1e-5)


def test_upside_down_leads_have_the_same_faults(synthetic: FloatArray) -> None:
    """A sign is no fault of a single lead."""
    for one, other in zip(assessed(synthetic).measurements, assessed(-synthetic).measurements, strict=True):
        if one.criterion is ARM_LEADS:
            continue  # It asks whether lead I is upside down.
        np.testing.assert_allclose(other.values, one.values, rtol=1e-4, atol=1e-5)


@settings(max_examples=20)
@given(st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_what_is_measured_in_millivolts_grows_with_the_signal(synthetic: FloatArray, factor: float) -> None:
    """And a share or a correlation stays."""
    before, after = assessed(synthetic), assessed(synthetic * np.float32(factor))

    for one, other in zip(before.measurements, after.measurements, strict=True):
        if one.criterion is FLAT_LINE:
            continue  # It asks for millivolts: that is how volts are told.
        grown = one.values * (factor if one.criterion.unit == "mV" else 1)
        np.testing.assert_allclose(other.values, grown, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("samples", [500, 2570, 3600, 5000, 20000])
def test_any_rate_and_length_is_measured(samples: int) -> None:
    """10 s at 50, 257, 360, 500 and 2000 Hz."""
    signals = np.random.default_rng(0).normal(0, 0.01, (2, samples, 12)).astype(np.float32)
    signals[..., 2] = signals[..., 1] - signals[..., 0]
    measured = assess_as_sent(signals)

    assert [one.values.shape for one in measured] == [(2, 12), (2, 12)]
    assert assess(signals, samples / 10, measured).values(FLAT_LINE).max() == 0


def test_the_signals_are_left_as_they_were(synthetic: FloatArray) -> None:
    """They are what the network is given; those of the fixture cannot be written to."""
    before = synthetic.tobytes()
    assessed(synthetic)

    assert synthetic.tobytes() == before
