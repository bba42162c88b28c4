"""When a bundle abstains: what training finds on its data."""

import numpy as np
import pytest

from ecg_model.recording import LeadName
from ecg_model.uncertainty import uncertainty
from ecg_training.abstention_fitting import fit_abstention


def test_the_least_certain_fifth_abstains() -> None:
    """One in five of the validation recordings is above the greatest uncertainty."""
    random = np.random.default_rng(0)
    calibrated = random.random((1000, 2)).astype(np.float32)
    signals = random.normal(size=(4000, 50, 12)).astype(np.float32)
    rule = fit_abstention(calibrated, signals, tuple(LeadName))

    assert (uncertainty(calibrated) > rule.greatest_uncertainty).mean() == pytest.approx(0.2, abs=0.005)
    assert [one.name for one in rule.lead_ranges] == list(LeadName)
    for one in rule.lead_ranges:
        least, greatest = one.deviation_mv
        assert 0.4 < least < 0.67
        assert 1.5 < greatest < 2.4
