"""Whether peaks are cut off."""

import numpy as np
import pytest

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.clipping import WARNS_FROM_PERCENT, clipped_percent

BEATS = 10


def beats(rate: int = 500, *, height: float = 1.0, unit: float = 0.001) -> FloatArray:
    """Return 10 s of a noiseless lead of bell-shaped beats on a baseline of exactly 0, rounded to a unit."""
    times = np.arange(10 * rate) / rate
    bells = np.exp(-0.5 * (((times - 0.5) % 1 - 0.5) / 0.02) ** 2)
    return (np.round(height * bells / unit) * unit).astype(np.float32)[np.newaxis, :, np.newaxis]


def plateau(samples: int, *, start: int = 300) -> FloatArray:
    """Return 1000 samples of noise with a plateau at the top."""
    lead = np.random.default_rng(0).uniform(-1, 1, 1000).astype(np.float32)
    lead[start : start + samples] = 2
    return lead[np.newaxis, :, np.newaxis]


@pytest.mark.parametrize("samples", [10, 50, 200])
def test_samples_at_the_end_of_the_range_are_counted(samples: int) -> None:
    """In percent of all; nothing comes near them here, so all are cut off."""
    assert clipped_percent(plateau(samples)).tolist() == [[pytest.approx(samples / 10)]]
    assert clipped_percent(-plateau(samples)).tolist() == [[pytest.approx(samples / 10)]]


def test_both_ends_count() -> None:
    """A range has two."""
    signal = plateau(50)
    signal[0, 600:630, 0] = -3

    assert clipped_percent(signal).tolist() == [[pytest.approx(8)]]


def test_what_is_near_the_end_counts_half_against_it() -> None:
    """A whole peak has more samples near its top than at it."""
    signal = plateau(50)
    signal[0, 600:640, 0] = 1.9

    assert clipped_percent(signal).tolist() == [[pytest.approx(3)]]


def test_a_noiseless_baseline_at_the_least_value_is_not_clipped() -> None:
    """Most samples are at the very minimum, and that is where the median is."""
    assert clipped_percent(beats()).tolist() == [[0]]
    assert clipped_percent(-beats()).tolist() == [[0]]


@pytest.mark.parametrize("rate", [100, 500])
@pytest.mark.parametrize("level", [0.5, 0.7])
def test_beats_that_are_cut_off_are_clipped(level: float, rate: int) -> None:
    """At any rate, although nine tenths of the samples are baseline."""
    assert clipped_percent(np.minimum(beats(rate), np.float32(level)))[0, 0] >= WARNS_FROM_PERCENT


@pytest.mark.parametrize("unit", [0.05, 0.1])
def test_peaks_that_are_flat_by_rounding_are_not_clipped(unit: float) -> None:
    """A coarse unit gives neighbours the same value."""
    assert clipped_percent(beats(height=0.93, unit=unit)).tolist() == [[0]]


@pytest.mark.parametrize("level", [0.0, 0.5])
def test_a_flat_lead_is_not_clipped(level: float) -> None:
    """It has no peaks: it is called flat, and nothing else."""
    assert clipped_percent(np.full((1, 1000, 1), level, dtype=np.float32)).tolist() == [[0]]


@pytest.mark.parametrize("rate", [100, 500])
@pytest.mark.parametrize("seconds", [2.5, 3.3, 5, 9])
def test_a_repeated_recording_is_not_clipped_for_it(synthetic: FloatArray, seconds: float, rate: int) -> None:
    """Its peaks come again to the last digit."""
    signals = np.repeat(synthetic, rate // 100, axis=1)
    signals = signals + np.random.default_rng(0).uniform(0, 1e-3, signals.shape).astype(np.float32)
    repeated = signals[:, np.arange(10 * rate) % round(seconds * rate)]

    assert clipped_percent(repeated).max() == 0


def test_a_repeated_plateau_counts_as_in_one_period() -> None:
    """Its share is that of what was sent."""
    repeated = plateau(20, start=100)[:, np.arange(1000) % 400]

    assert clipped_percent(repeated).tolist() == [[pytest.approx(5)]]


def test_two_samples_at_the_top_are_nothing() -> None:
    """They happen, and are not looked at."""
    assert clipped_percent(plateau(2)).tolist() == [[0]]
