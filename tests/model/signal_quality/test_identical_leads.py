"""Whether all leads are one."""

import numpy as np
import pytest

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.identical_leads import identical_leads


def test_an_ecg_has_different_leads(synthetic: FloatArray) -> None:
    """Every window by itself."""
    assert not identical_leads(synthetic).any()


@pytest.mark.parametrize("source", [0, 6])
def test_one_lead_sent_eight_times_is_told(synthetic: FloatArray, source: int) -> None:
    """Whatever III, aVR, aVL and aVF are, and whichever window it is."""
    signals = synthetic.copy()
    signals[3] = synthetic[3, :, source : source + 1]
    signals[3, :, 2:6] = 0

    assert np.flatnonzero(identical_leads(signals)).tolist() == [3]


def test_zeros_are_identical() -> None:
    """And so is any other constant."""
    signals = np.zeros((2, 1000, 12), dtype=np.float32)
    signals[1] = 5

    assert identical_leads(signals).tolist() == [True, True]


def test_rounding_does_not_hide_it(synthetic: FloatArray) -> None:
    """To 1 µV, each lead a little differently, and with samples of any size."""
    random = np.random.default_rng(0)
    same = np.repeat(synthetic[:, :, :1], 12, axis=2)
    rounded = same + random.uniform(-0.0005, 0.0005, same.shape).astype(np.float32)

    assert identical_leads(rounded).all()
    assert identical_leads(rounded * np.float32(1e6)).sum() == 0
    assert identical_leads(same * np.float32(1e6) * np.float32(1 + 1e-7)).all()


@pytest.mark.parametrize("lead", [0, 1, 6, 7, 8, 9, 10, 11])
def test_a_single_different_lead_suffices(synthetic: FloatArray, lead: int) -> None:
    """For a difference in any of its samples."""
    signals = np.repeat(synthetic[:1, :, :1], 12, axis=2)
    signals[0, 501, lead] += 0.1

    assert not identical_leads(signals)[0]


@pytest.mark.parametrize("samples", [1, 15, 17, 1000])
def test_any_length_is_taken(samples: int) -> None:
    """The shortest, too."""
    assert identical_leads(np.ones((1, samples, 12), dtype=np.float32)).tolist() == [True]
