"""Whether a lead is flat, and for how long."""

import numpy as np
import pytest

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.flat_line import flat_percent


def flat_for(seconds: float, level: float = 0.0, rate: int = 100) -> FloatArray:
    """Return 10 s of a lead that is flat first and beats then."""
    signal = np.full((1, 10 * rate, 1), level, dtype=np.float32)
    signal[0, round(seconds * rate) :: rate // 2] += 1
    return signal


@pytest.mark.parametrize("level", [0.0, 0.5, -100.0])
@pytest.mark.parametrize("seconds", [0, 1, 5, 10])
def test_the_share_of_flat_seconds_is_told(seconds: int, level: float) -> None:
    """Wherever the line lies."""
    assert flat_percent(flat_for(seconds, level), 100.0).tolist() == [[10 * seconds]]


@pytest.mark.parametrize("rate", [50, 100, 500])
def test_a_second_is_a_second_at_any_rate(rate: int) -> None:
    """Its samples are counted."""
    assert flat_percent(flat_for(3, rate=rate), float(rate)).tolist() == [[30]]


def test_a_low_voltage_is_not_flat() -> None:
    """Two hundredths of a millivolt are the least that a beat shows."""
    assert flat_percent(np.float32(0.019) * flat_for(0), 100.0).tolist() == [[100]]
    assert flat_percent(np.float32(0.021) * flat_for(0), 100.0).tolist() == [[0]]


def test_a_signal_shorter_than_a_second_is_one_stretch() -> None:
    """It is flat or it is not."""
    assert flat_percent(flat_for(10)[:, :40], 100.0).tolist() == [[100]]
    assert flat_percent(flat_for(0)[:, :40], 100.0).tolist() == [[0]]
