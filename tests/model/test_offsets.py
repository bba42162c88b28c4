"""Offsets: what is added to all samples of a lead alike is taken away again, and only there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_model.offsets import remove_offsets

MEAN_FREE = np.array([-1, 1, -1, 1], dtype=np.float32)[np.newaxis, :, np.newaxis] * np.ones((2, 1, 12), np.float32)
GREATEST = 0.0625


@given(st.lists(st.integers(-64, 64), min_size=24, max_size=24))
def test_offsets_beyond_the_greatest_are_removed_and_told(sixteenths: list[int]) -> None:
    """Lead by lead and window by window; a smaller one stays."""
    offsets = np.array(sixteenths, dtype=np.float32).reshape(2, 12) / 16
    signals, removed = remove_offsets(MEAN_FREE + offsets[:, np.newaxis], GREATEST)

    expected = np.where(np.abs(offsets) > GREATEST, offsets, 0)
    assert np.array_equal(removed, expected)
    assert np.array_equal(signals, MEAN_FREE + (offsets - expected)[:, np.newaxis])


def test_a_signal_without_offsets_is_handed_on() -> None:
    """Without a copy."""
    signals, removed = remove_offsets(MEAN_FREE, GREATEST)

    assert signals is MEAN_FREE
    assert not removed.any()


def test_an_electrode_may_be_hundreds_of_millivolts_off() -> None:
    """The ECG on top keeps its shape to a thousandth of a millivolt."""
    signals, removed = remove_offsets(MEAN_FREE + np.float32(300), GREATEST)

    assert signals == pytest.approx(MEAN_FREE, abs=1e-3)
    assert removed == pytest.approx(np.full((2, 12), 300), abs=1e-3)
