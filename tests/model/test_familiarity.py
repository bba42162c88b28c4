"""Whether a signal is like those the network learned from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_model.familiarity import FamiliarRanges, LeadStatistics, signal_statistics
from ecg_model.manifest import LeadRange
from ecg_model.recording import FloatArray, LeadName


def noise(seed: int, *shape: int, scale: float = 1.0, offset: float = 0.0) -> FloatArray:
    """Return a batch of noise [recording, sample, lead]."""
    return (np.random.default_rng(seed).normal(size=shape) * scale + offset).astype(np.float32)


@settings(max_examples=50)
@given(
    st.integers(0, 99),
    st.sampled_from([2, 3, 8, 100, 999, 1000]),
    st.sampled_from([1e-3, 1.0, 1e3]),
    st.sampled_from([0.0, 1.0, -100.0]),
)
def test_the_statistics_are_standard_deviations(seed: int, samples: int, scale: float, offsets: float) -> None:
    """Of the samples and of their steps, for any length, unit and baseline, as far as float32 tells samples apart."""
    signals = noise(seed, 3, samples, 12, scale=scale, offset=offsets * scale)
    result = signal_statistics(signals)
    exact = signals.astype(np.float64)

    np.testing.assert_allclose(result.deviation_mv, exact.std(axis=1), rtol=1e-3)
    np.testing.assert_allclose(
        result.step_deviation_mv, np.diff(exact, axis=1).std(axis=1), rtol=1e-3, atol=2e-3 * scale
    )


def test_a_flat_line_has_none() -> None:
    """Wherever it lies."""
    signals = np.full((1, 1000, 12), 2.5, dtype=np.float32)
    result = signal_statistics(signals)

    assert result.deviation_mv.max() <= 1e-5
    assert result.step_deviation_mv.max() == 0


def test_a_slope_has_steps_that_do_not_deviate() -> None:
    """They are all alike, however large: their deviation is from their mean."""
    signals = np.arange(1000, dtype=np.float32)[np.newaxis, :, np.newaxis]
    result = signal_statistics(signals)

    np.testing.assert_allclose(result.deviation_mv, np.arange(1000).std(), rtol=1e-5)
    assert result.step_deviation_mv.max() <= 1e-3


def test_the_signals_are_left_as_they_were() -> None:
    """They are what the network is given."""
    signals = noise(0, 2, 1000, 12)
    before = signals.copy()
    signal_statistics(signals)

    assert signals.tobytes() == before.tobytes()


def test_a_neighbour_never_changes_a_statistic() -> None:
    """Alone or in a batch of any size: the same to the last bits."""
    signals = noise(1, 16, 1000, 12)
    signals[3] *= 1e6
    for size in (1, 2, 16):
        together = signal_statistics(signals[:size])
        for index in range(size):
            alone = signal_statistics(signals[index : index + 1])
            np.testing.assert_allclose(together.deviation_mv[index], alone.deviation_mv[0], rtol=1e-6)
            np.testing.assert_allclose(together.step_deviation_mv[index], alone.step_deviation_mv[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("deviation", "step", "leaves"),
    [
        (0.5, 0.1, False),
        (0.25, 0.0625, False),
        (2.0, 0.5, False),
        (0.24, 0.1, True),
        (2.1, 0.1, True),
        (0.5, 0.06, True),
        (0.5, 0.51, True),
        (float("inf"), 0.1, True),
        (0.5, float("nan"), True),
    ],
)
def test_a_lead_leaves_its_range_by_either_statistic(deviation: float, step: float, *, leaves: bool) -> None:
    """Both ends belong to the range; what is infinite or no number is outside."""
    known = LeadRange(name=LeadName.II, deviation_mv=(0.25, 2.0), step_deviation_mv=(0.0625, 0.5))
    statistics = LeadStatistics(np.array([[deviation]], dtype=np.float32), np.array([[step]], dtype=np.float32))

    assert FamiliarRanges([known]).are_left_by(statistics).tolist() == [[leaves]]


def test_samples_beyond_all_measure_are_outside_without_a_warning() -> None:
    """Squares that overflow are in no range."""
    signals = noise(2, 1, 1000, 1, scale=1e37)
    known = LeadRange(name=LeadName.I, deviation_mv=(0, 1e30), step_deviation_mv=(0, 1e30))

    assert FamiliarRanges([known]).are_left_by(signal_statistics(signals)).tolist() == [[True]]
