"""How much high-frequency noise there is between the beats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.noise import noise_mv


def white(seed: int, *shape: int, deviation: float = 1.0) -> FloatArray:
    """Return white noise."""
    return np.random.default_rng(seed).normal(0, deviation, shape).astype(np.float32)


@settings(max_examples=20)
@given(st.integers(0, 99), st.sampled_from([0.01, 0.1, 1.0]))
def test_of_white_noise_it_is_the_deviation(seed: int, deviation: float) -> None:
    """To within what the quietest and the noisiest tenths of a second make of it."""
    figures = noise_mv(white(seed, 2, 1000, 12, deviation=deviation), 100.0)

    assert 0.6 <= figures.min() / deviation <= figures.max() / deviation <= 1.5


def test_waves_of_beats_are_no_noise() -> None:
    """A spike each second leaves tenths of a second without one."""
    signal = np.zeros((1, 1000, 1), dtype=np.float32)
    signal[0, 50::100] = 3

    assert noise_mv(signal, 100.0).tolist() == [[0]]


def test_a_burst_counts_as_soon_as_it_fills_six_tenths_of_a_second() -> None:
    """Shorter ones may be beats."""
    signal = np.zeros((1, 1000, 1), dtype=np.float32)
    signal[0, 400:440] = white(0, 40, 1)
    assert noise_mv(signal, 100.0)[0, 0] == 0
    signal[0, 400:480] = white(0, 80, 1)
    assert noise_mv(signal, 100.0)[0, 0] > 0.3


def test_slow_waves_are_no_noise() -> None:
    """A sine of 5 Hz and 2 mV is as good as silent."""
    sine = np.sin(2 * np.pi * 5 * np.arange(1000) / 100).astype(np.float32)[np.newaxis, :, np.newaxis]

    assert noise_mv(sine, 100.0)[0, 0] < 0.01


@pytest.mark.parametrize("samples", [999, 1000, 250, 617])
def test_a_lead_never_hears_its_neighbour(samples: int) -> None:
    """Nor a window the next one: the noise of one lead is in its own figure only, wherever the window ends."""
    signals = np.zeros((3, samples, 12), dtype=np.float32)
    signals[1, :, 5] = white(0, samples)
    figures = noise_mv(signals, 100.0)

    assert figures[1, 5] > 0.5
    assert np.count_nonzero(figures) == 1


def test_a_window_that_is_too_short_has_none() -> None:
    """Six tenths of a second and three samples are needed."""
    assert noise_mv(white(0, 1, 62, 1), 100.0).tolist() == [[0]]
    assert noise_mv(white(0, 1, 63, 1), 100.0)[0, 0] > 0
