"""Resampling: the right samples, no transients at the ends, and nothing that was not there before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_model import resampling
from ecg_model.recording import FloatArray

WANTED = 1000
SECONDS = 10
RATES = [50, 62.5, 128, 200, 250, 256, 257, 360, 400, 499.8, 500, 512, 977, 1000, 1024, 1999.9, 2000]

rates = st.integers(500, 6_000).map(lambda tenths: tenths / 10)


def resample(signals: FloatArray, sample_count: int) -> FloatArray:
    """Return signals with this many samples."""
    result = np.full((len(signals), sample_count, signals.shape[2]), np.nan, dtype=np.float32)
    resampling.resample(signals, result, SECONDS)
    return result


def sampled(rate_hz: float, shape: "np.ufunc", hertz: float = 1.0, delay: float = 0.0) -> FloatArray:
    """Return a wave at this rate, in every one of twelve leads, as one window; its samples may lie late, in seconds."""
    seconds = np.arange(round(SECONDS * rate_hz)) * SECONDS / round(SECONDS * rate_hz) + delay
    wave = shape(2 * np.pi * hertz * seconds).astype(np.float32)
    return np.repeat(wave[np.newaxis, :, np.newaxis], 12, axis=2)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("hertz", [0.3, 1.0, 15.0])
def test_a_wave_is_the_same_wave_at_the_other_rate(rate_hz: float, hertz: float) -> None:
    """What lies well under half of the lower rate comes through with its height and its phase."""
    resampled = resample(sampled(rate_hz, np.sin, hertz), WANTED)

    assert resampled.shape == (1, WANTED, 12)
    expected = sampled(100, np.sin, hertz, resampling.DELAY_SECONDS)
    assert np.abs(resampled - expected)[:, 20:-20].max() < 0.005


@pytest.mark.parametrize("rate_hz", [250, 500, 1000])
@pytest.mark.parametrize("hertz", [50, 60])
def test_what_the_network_cannot_see_is_taken_away_and_not_folded_down(rate_hz: float, hertz: float) -> None:
    """Mains hum: one of 60 Hz would be one of 40 Hz at 100 samples a second."""
    assert np.abs(resample(sampled(rate_hz, np.sin, hertz), WANTED))[:, 20:-20].max() < 0.02


@settings(max_examples=15, deadline=None)
@given(rates, st.floats(-300, 300, width=32))
def test_a_constant_stays_what_it_is(rate_hz: float, level: float) -> None:
    """At any rate, ends included: an electrode's offset leaves no trace of the filter."""
    constant = np.full((1, round(SECONDS * rate_hz), 12), level, dtype=np.float32)

    assert resample(constant, WANTED) == pytest.approx(constant[:, :1].repeat(WANTED, axis=1), rel=1e-5, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(rates)
def test_a_slope_has_no_transient_at_its_ends(rate_hz: float) -> None:
    """A drifting baseline goes on as it was: ten millivolts over the window are off by a hundredth nowhere."""
    count = round(SECONDS * rate_hz)
    slope = np.broadcast_to(np.linspace(0, 10, count, endpoint=False, dtype=np.float32)[:, np.newaxis], (1, count, 12))

    expected = np.linspace(0, 10, WANTED, endpoint=False)[np.newaxis, :, np.newaxis] + resampling.DELAY_SECONDS
    assert np.abs(resample(slope, WANTED) - expected).max() < 0.03


@given(st.permutations(range(12)))
def test_leads_have_nothing_to_do_with_each_other(order: list[int]) -> None:
    """Resampled in another order they are the same leads in that order, to the bit."""
    noise = np.random.default_rng(1).standard_normal((2, 5000, 12)).astype(np.float32)

    shuffled = resample(np.ascontiguousarray(noise[:, :, order]), WANTED)
    assert np.array_equal(shuffled, resample(noise, WANTED)[:, :, order])


def test_windows_have_nothing_to_do_with_each_other() -> None:
    """One beside others is what it is alone."""
    noise = np.random.default_rng(2).standard_normal((3, 2570, 12)).astype(np.float32)

    assert np.array_equal(resample(noise, WANTED)[1:2], resample(noise[1:2], WANTED))


@pytest.mark.parametrize("count", [997, 250, 1250])
def test_any_number_of_samples_can_be_had(count: int) -> None:
    """A network of another rate or window, even a prime one."""
    resampled = resample(sampled(500, np.cos), count)

    seconds = np.arange(count) * SECONDS / count + resampling.DELAY_SECONDS
    assert np.abs(resampled[0, :, 0] - np.cos(2 * np.pi * seconds))[10:-10].max() < 0.01
