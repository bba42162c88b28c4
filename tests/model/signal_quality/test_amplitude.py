"""How far the samples of a lead range."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ecg_model.signal_quality.amplitude import lead_ranges_mv


def test_the_range_is_the_greatest_sample_less_the_least() -> None:
    """Of each lead of each window by itself."""
    signals = np.zeros((2, 4, 3), dtype=np.float32)
    signals[0, 1, 0], signals[0, 2, 0], signals[1, 0, 2] = 1.5, -0.5, -3

    assert lead_ranges_mv(signals).tolist() == [[2, 0, 0], [0, 0, 3]]


@given(st.integers(-10, 10).map(lambda exponent: 2.0**exponent))
def test_it_grows_with_the_unit(factor: float) -> None:
    """Microvolts sent as millivolts range a thousand times as far."""
    signals = np.random.default_rng(0).normal(size=(2, 100, 12)).astype(np.float32)

    np.testing.assert_array_equal(
        lead_ranges_mv(signals * np.float32(factor)), lead_ranges_mv(signals) * np.float32(factor)
    )
