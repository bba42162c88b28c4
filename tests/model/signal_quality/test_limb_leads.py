"""Whether the limb leads say the same."""

import numpy as np
import pytest

from ecg_model.recording import FloatArray, LeadName
from ecg_model.signal_quality.limb_leads import WARNS_FROM_MV, contradiction_mv

LEADS = list(LeadName)


def test_leads_that_follow_from_i_and_ii_do_not_contradict_them(synthetic: FloatArray) -> None:
    """But for the rounding to 1 µV."""
    assert contradiction_mv(synthetic).max() <= 0.001


@pytest.mark.parametrize("name", [LeadName.III, LeadName.AVR, LeadName.AVL, LeadName.AVF])
def test_the_size_of_a_contradiction_is_its_deviation(synthetic: FloatArray, name: LeadName) -> None:
    """And it is that lead's alone."""
    signals = synthetic.copy()
    signals[:, ::2, LEADS.index(name)] += 0.6
    figures = contradiction_mv(signals)

    np.testing.assert_allclose(figures[:, LEADS.index(name)], 0.3, rtol=1e-3)
    assert np.delete(figures, LEADS.index(name), axis=1).max() <= 0.001


def test_an_offset_is_no_contradiction(synthetic: FloatArray) -> None:
    """Devices remove it lead by lead."""
    signals = synthetic + np.arange(12, dtype=np.float32)

    assert contradiction_mv(signals).max() <= 0.001


def test_an_upside_down_avr_contradicts(synthetic: FloatArray) -> None:
    """By twice its deviation."""
    signals = synthetic.copy()
    signals[..., 3] *= -1

    np.testing.assert_allclose(contradiction_mv(signals)[:, 3], 2 * synthetic[..., 3].std(axis=1), rtol=0.01)


def test_rounding_is_no_contradiction(synthetic: FloatArray) -> None:
    """Of each lead by itself, to 10 µV."""
    assert contradiction_mv(np.round(synthetic, 2)).max() < WARNS_FROM_MV


def test_chest_leads_contradict_nothing() -> None:
    """Nothing follows what they should be."""
    signals = np.zeros((1, 100, 12), dtype=np.float32)
    signals[..., 6:] = np.random.default_rng(0).normal(size=(1, 100, 6))

    assert contradiction_mv(signals).tolist() == [[0] * 12]
