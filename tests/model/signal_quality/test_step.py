"""Whether the baseline jumps."""

import numpy as np
import pytest

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.step import WARNS_FROM_MV, step_mv


def line(rate: int = 100) -> FloatArray:
    """Return 10 s of a flat line."""
    return np.zeros((1, 10 * rate, 1), dtype=np.float32)


@pytest.mark.parametrize("rate", [100, 500])
@pytest.mark.parametrize("start", [2.1, 5.0, 5.03, 7.9])
@pytest.mark.parametrize("height", [0.3, -1.0, 4.0])
def test_the_height_of_a_jump_is_told(height: float, start: float, rate: int) -> None:
    """Upwards or downwards, at the edge of a block or within one, at any rate."""
    signal = line(rate) + np.float32(7)
    signal[0, round(start * rate) :] += height

    assert step_mv(signal, float(rate))[0, 0] == pytest.approx(abs(height), rel=1e-3)


def test_a_jump_near_an_end_is_not_seen() -> None:
    """There is no telling whether it stays."""
    signal = line()
    signal[0, :150] = 3

    assert step_mv(signal, 100.0).tolist() == [[0]]


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.8])
def test_what_comes_back_within_a_second_is_a_wave(seconds: float) -> None:
    """It makes no difference of means over 2 s."""
    signal = line()
    signal[0, 400 : 400 + round(100 * seconds)] = 1

    assert step_mv(signal, 100.0)[0, 0] <= 0.5 * seconds + 1e-6


def test_slow_wander_is_no_jump() -> None:
    """Within 0.1 s it hardly moves."""
    wander = np.sin(2 * np.pi * 0.3 * np.arange(1000) / 100).astype(np.float32)[np.newaxis, :, np.newaxis]

    assert step_mv(wander, 100.0)[0, 0] <= 2 * np.pi * 0.3 * 0.1


def test_a_seam_shows_as_far_as_the_baseline_moved(synthetic: FloatArray) -> None:
    """Repeated beats meet at any phase without a warning; a slope starts anew with a step."""
    part = synthetic[:, :330]
    repeated = np.concatenate([part, part, part, part[:, :10]], axis=1)
    slope = np.linspace(0, 2, 330, dtype=np.float32)[:, np.newaxis]
    sloping = np.concatenate([part + slope] * 3, axis=1)

    assert step_mv(repeated, 100.0).max() < 0.5 * WARNS_FROM_MV
    assert step_mv(sloping, 100.0).min() > 0.5
    assert step_mv(np.concatenate([part, part[:, ::-1], part], axis=1), 100.0).max() < 0.5 * WARNS_FROM_MV


def test_a_window_that_is_too_short_has_no_step() -> None:
    """2 s are needed on both sides."""
    signal = np.random.default_rng(0).normal(size=(1, 400, 1)).astype(np.float32)

    assert step_mv(signal, 100.0).tolist() == [[0]]
