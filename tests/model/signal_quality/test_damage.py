"""Damage that is inflicted on clean synthetic recordings is found."""

import numpy as np
import pytest

from ecg_evaluation.signal_quality.damages import Damage, all_damages
from ecg_model.recording import FloatArray, LeadName
from ecg_model.signal_quality.assessment import assess, assess_as_sent

STRONGEST = list({damage.name: damage for damage in all_damages()}.values())


@pytest.mark.parametrize("damage", STRONGEST, ids=lambda damage: f"{damage.name} {damage.strength}".strip())
def test_the_strongest_damage_of_each_kind_is_warned_of(synthetic: FloatArray, damage: Damage) -> None:
    """In nearly every recording, with the lead's name, and not in the undamaged leads."""
    signals, damaged = damage.inflict(synthetic, np.random.default_rng(0))
    assessment = assess(signals, 100.0, assess_as_sent(signals))
    (measurement,) = [one for one in assessment.measurements if one.criterion.code is damage.code]
    warned = measurement.values >= measurement.criterion.warns_from

    assert not (warned & ~damaged).any()
    assert (warned & damaged).any(axis=1).mean() >= 0.95
    found = next(index for index, any_lead in enumerate((warned & damaged).any(axis=1)) if any_lead)
    codes = {one.code for one in assessment.warnings(slice(found, found + 1), tuple(LeadName))}
    assert damage.code in codes
