"""Whether the arm electrodes are swapped."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.arm_leads import WARNS_FROM, arm_swap


def swapped(signals: FloatArray) -> FloatArray:
    """Return signals as recorded with LA and RA exchanged."""
    order = [0, 2, 1, 4, 3, *range(5, 12)]
    return signals[..., order] * np.array([-1, *[1] * 11], dtype=np.float32)


def test_swapped_arms_are_told_from_right_ones(synthetic: FloatArray) -> None:
    """Wide complexes, ST elevation and all."""
    assert arm_swap(synthetic, 100.0).max() < 0
    assert arm_swap(swapped(synthetic), 100.0).min() > WARNS_FROM


def test_an_inverted_v6_alone_is_no_swap(synthetic: FloatArray) -> None:
    """As after an infarction: lead I must be upside down, too."""
    signals = synthetic.copy()
    signals[..., 11] *= -1

    assert arm_swap(signals, 100.0).max() < 0


def test_an_inverted_heart_axis_alone_is_no_swap(synthetic: FloatArray) -> None:
    """Where V6 is upside down with lead I, the axis is to the right: aVR still opposes V6."""
    assert arm_swap(-synthetic, 100.0).max() < 0


@given(st.floats(0.01, 100), st.floats(-100, 100))
def test_neither_gain_nor_offset_matters(gain: float, offset: float) -> None:
    """A correlation knows neither."""
    signals = np.cumsum(np.random.default_rng(0).normal(size=(2, 300, 12)), axis=1).astype(np.float32)
    changed = signals * np.float32(gain) + np.float32(offset)

    np.testing.assert_allclose(arm_swap(changed, 100.0), arm_swap(signals, 100.0), atol=0.02)


@pytest.mark.parametrize("lead", [3, 4])
def test_a_wrong_avr_or_avl_does_not_mislead(synthetic: FloatArray, lead: int) -> None:
    """What was sent for them is not looked at."""
    signals = synthetic.copy()
    signals[..., lead] *= -1

    np.testing.assert_array_equal(arm_swap(signals, 100.0), arm_swap(synthetic, 100.0))


@pytest.mark.parametrize("lead", [0, 1, 11])
def test_nothing_is_said_where_a_lead_is_flat(synthetic: FloatArray, lead: int) -> None:
    """At least not that the arms are swapped."""
    signals = synthetic.copy()
    signals[..., lead] = 0

    assert arm_swap(signals, 100.0).max() <= WARNS_FROM


def test_a_signal_of_zeros_has_no_arms() -> None:
    """0: nothing can be said."""
    assert arm_swap(np.zeros((2, 1000, 12), dtype=np.float32), 100.0).tolist() == [[0], [0]]
