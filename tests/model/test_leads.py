"""Leads: in order whatever order they came in, and computed where they follow from others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_model.errors import InvalidRecordingError, RefusalReason
from ecg_model.leads import DEPENDENT_LEADS, INDEPENDENT_LEADS, STANDARD_ORDER, fill_leads, refuse_missing_leads
from ecg_model.recording import FloatArray, LeadName


def electrodes(samples: int = 5) -> dict[LeadName, FloatArray]:
    """Return all leads of a heart, from the potentials of the electrodes."""
    right, left, foot, *chest = np.random.default_rng(0).normal(size=(9, samples))
    terminal = (right + left + foot) / 3
    limb = {
        LeadName.I: left - right,
        LeadName.II: foot - right,
        LeadName.III: foot - left,
        LeadName.AVR: right - (left + foot) / 2,
        LeadName.AVL: left - (right + foot) / 2,
        LeadName.AVF: foot - (right + left) / 2,
    }
    chest_names = [name for name in LeadName if name not in limb]
    leads = limb | {name: potential - terminal for name, potential in zip(chest_names, chest, strict=True)}
    return {name: potential.astype(np.float32) for name, potential in leads.items()}


def filled(names: tuple[LeadName, ...]) -> FloatArray:
    """Return twelve leads made of these ones."""
    target = np.full((5, 12), np.nan, dtype=np.float32)
    fill_leads(target, np.column_stack([electrodes()[name] for name in names]), names)
    return target


ALL = np.column_stack([electrodes()[name] for name in LeadName])


@given(st.permutations(list(LeadName)))
def test_the_order_in_which_leads_come_is_of_no_account(names: list[LeadName]) -> None:
    """They end in the standard order, to the bit."""
    assert np.array_equal(filled(tuple(names)), ALL)


@given(st.sets(st.sampled_from(DEPENDENT_LEADS)), st.randoms())
def test_a_lead_that_follows_from_others_is_computed_as_the_electrodes_have_it(
    sent: set[LeadName], random: "st.Random"
) -> None:
    """Whichever of III, aVR, aVL and aVF are not sent: what is computed is what would have been measured."""
    names = [*INDEPENDENT_LEADS, *sent]
    random.shuffle(names)
    result = filled(tuple(names))

    assert result == pytest.approx(ALL, abs=1e-6)
    for name in names:
        assert np.array_equal(result[:, STANDARD_ORDER[name]], electrodes()[name])


@pytest.mark.parametrize("name", INDEPENDENT_LEADS)
def test_a_lead_that_no_others_tell_has_to_be_there(name: LeadName) -> None:
    """The refusal names it, and what would suffice."""
    with pytest.raises(InvalidRecordingError, match=f"missing: {name}; send at least I, II, V1") as refused:
        refuse_missing_leads([other for other in LeadName if other is not name])

    assert refused.value.reason is RefusalReason.LEAD_MISSING


def test_eight_leads_suffice() -> None:
    """In any order."""
    refuse_missing_leads(tuple(reversed(INDEPENDENT_LEADS)))
