"""Masking: unusable leads say nothing, those that follow from others are computed, hopeless windows are left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_model.leads import INDEPENDENT_LEADS, STANDARD_ORDER
from ecg_model.masking import MaskedSignals, mask
from ecg_model.recording import LeadName

FINE = np.zeros(1, dtype=np.bool_)
SIGNAL = np.random.default_rng(0).normal(size=(1, 4, 12)).astype(np.float32)
ALLOWED = 3


def masked(*names: LeadName) -> MaskedSignals:
    """Return one window in which these leads are unusable."""
    unusable = np.array([[name in names for name in LeadName]])
    return mask(SIGNAL, unusable, FINE, tuple(LeadName), ALLOWED)


@given(st.sets(st.sampled_from(INDEPENDENT_LEADS[2:])))
def test_an_unusable_chest_lead_is_replaced_by_nothing(names: set[LeadName]) -> None:
    """It is 0 mV all along, and the others are what they were; with more than may be the window is left out."""
    result = masked(*names)

    for column, name in enumerate(LeadName):
        expected = np.zeros(4) if name in names else SIGNAL[0, :, column]
        assert np.array_equal(result.signals[0, :, column], expected)
        assert result.masked[0, column] == (name in names)
    assert not result.derived.any()
    assert result.left_out.tolist() == [len(names) > ALLOWED]


def test_a_limb_lead_that_two_others_tell_is_computed_again() -> None:
    """Unusable aVF beside usable I and II costs nothing."""
    result = masked(LeadName.AVF, LeadName.V1)

    first, second, column = SIGNAL[0, :, 0], SIGNAL[0, :, 1], STANDARD_ORDER[LeadName.AVF]
    assert np.allclose(result.signals[0, :, column], second - first / 2)
    assert np.flatnonzero(result.derived[0]).tolist() == [column]
    assert np.flatnonzero(result.masked[0]).tolist() == [STANDARD_ORDER[LeadName.V1]]


def test_a_limb_lead_is_not_computed_from_what_is_unusable() -> None:
    """Where lead I is lost, III is masked and not derived."""
    result = masked(LeadName.I, LeadName.III)

    assert not result.derived.any()
    assert result.masked.sum() == 2
    assert not result.signals[0, :, [0, 2]].any()


@pytest.mark.parametrize("source", [LeadName.I, LeadName.II])
def test_a_lead_that_was_not_sent_is_as_unusable_as_what_it_was_computed_from(source: LeadName) -> None:
    """With eight leads sent and I or II lost, five tell nothing."""
    unusable = np.array([[name is source for name in LeadName]])
    result = mask(SIGNAL, unusable, FINE, INDEPENDENT_LEADS, ALLOWED)

    assert [name for name, lost in zip(LeadName, result.masked[0], strict=True) if lost] == [
        name for name in LeadName if name is source or name not in INDEPENDENT_LEADS
    ]
    assert not result.derived.any()
    assert result.left_out.all()


def test_a_lead_that_was_not_sent_is_usable_where_its_sources_are() -> None:
    """Lead III is flat where I and II are the same, and that is the truth."""
    unusable = np.array([[name is LeadName.III for name in LeadName]])
    result = mask(SIGNAL, unusable, FINE, INDEPENDENT_LEADS, ALLOWED)

    assert result.signals is SIGNAL
    assert not result.masked.any()
    assert not result.derived.any()


def test_what_was_given_is_not_changed() -> None:
    """The caller's array stays as it is, and is handed on where nothing is unusable."""
    before = SIGNAL.copy()
    masked(LeadName.V1)

    assert np.array_equal(SIGNAL, before)
    assert masked().signals is SIGNAL


def test_a_window_can_be_unusable_as_a_whole() -> None:
    """Whatever its leads are; its neighbour is not."""
    two = np.concatenate([SIGNAL, SIGNAL])
    result = mask(two, np.zeros((2, 12), dtype=np.bool_), np.array([True, False]), tuple(LeadName), ALLOWED)

    assert result.left_out.tolist() == [True, False]
