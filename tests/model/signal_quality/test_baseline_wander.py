"""How far the baseline wanders."""

import numpy as np
import pytest

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.baseline_wander import wander_mv


def sine(hz: float, rate: int = 100) -> FloatArray:
    """Return 10 s of a sine of 2 mV from peak to peak."""
    return np.sin(2 * np.pi * hz * np.arange(10 * rate) / rate).astype(np.float32)[np.newaxis, :, np.newaxis]


@pytest.mark.parametrize("rate", [100, 500])
@pytest.mark.parametrize(("hz", "least", "greatest"), [(0.1, 1.85, 2), (0.3, 1.6, 2), (2, 0, 0.1), (10, 0, 0.02)])
def test_what_is_slower_than_the_heart_is_wander(hz: float, least: float, greatest: float, rate: int) -> None:
    """Nearly all of a slow sine, nearly nothing of a fast one, at any rate."""
    assert least <= wander_mv(sine(hz, rate), float(rate))[0, 0] <= greatest


def test_an_offset_is_no_wander() -> None:
    """Wherever the line lies."""
    assert wander_mv(np.full((1, 1000, 12), 3, dtype=np.float32), 100.0).max() <= 1e-5


def test_a_slope_wanders_over_its_height() -> None:
    """Less what the smoothing takes at both ends: 0.7 s each, of 10."""
    slope = np.linspace(0, 10, 1000, dtype=np.float32)[np.newaxis, :, np.newaxis]

    assert wander_mv(slope, 100.0)[0, 0] == pytest.approx(8.6, abs=0.05)


def test_a_window_too_short_for_a_baseline_has_none() -> None:
    """1.4 s are needed."""
    assert wander_mv(sine(0.3)[:, :139], 100.0).tolist() == [[0]]
    assert wander_mv(sine(0.3)[:, :300], 100.0)[0, 0] > 0
