"""Platt scaling: it finds the distortion that was put in, and takes it out."""

import numpy as np
import pytest
from scipy.special import expit, logit

from ecg_model.calibration import calibrate
from ecg_model.manifest import Calibration, ClassSpecification
from ecg_model.recording import FloatArray, LeadName
from ecg_training.abstention_fitting import fit_abstention
from ecg_training.calibration_fitting import fit_calibration
from ecg_training.evaluation import most_certain

CLASSES = (ClassSpecification(code="A", display_name="A"), ClassSpecification(code="B", display_name="B"))


def drawn(count: int) -> tuple[FloatArray, FloatArray]:
    """Return labels of two classes and the true probabilities behind them."""
    random = np.random.default_rng(3)
    true = expit(random.normal(size=(count, 2)) * 2)
    return (random.random((count, 2)) < true).astype(np.float32), true


def test_an_overconfident_network_is_set_right() -> None:
    """Log odds twice as large as they should be, and one too high, are halved and lowered."""
    labels, true = drawn(20_000)
    claimed = expit(2 * logit(true) + 1).astype(np.float32)
    fitted = fit_calibration(CLASSES, labels, claimed)

    for one in fitted:
        assert one.calibration.slope == pytest.approx(0.5, abs=0.05)
        assert one.calibration.intercept == pytest.approx(-0.5, abs=0.1)
    np.testing.assert_allclose(calibrate(claimed, fitted), true, atol=0.03)


def test_a_network_that_is_never_in_doubt_can_be_calibrated() -> None:
    """Probabilities of exactly 0 and 1 have infinite log odds, and still give finite numbers."""
    labels, _ = drawn(100)
    given = labels.copy()
    given[:5] = 1 - given[:5]

    for one in fit_calibration(CLASSES, labels, given):
        assert 0 < one.calibration.slope < 1


def test_a_class_that_is_told_the_wrong_way_round_is_left_alone() -> None:
    """A calibration never reverses an order."""
    labels, true = drawn(1000)

    assert [one.calibration for one in fit_calibration(CLASSES, labels, (1 - true).astype(np.float32))] == [
        Calibration(),
        Calibration(),
    ]


def test_the_least_certain_fifth_abstains() -> None:
    """One in five of the validation recordings is above the greatest uncertainty."""
    random = np.random.default_rng(0)
    calibrated = random.random((1000, 2)).astype(np.float32)
    signals = random.normal(size=(4000, 50, 12)).astype(np.float32)
    rule = fit_abstention(calibrated, signals, tuple(LeadName))

    assert most_certain(calibrated, 0.8).mean() == pytest.approx(0.8, abs=0.01)
    assert [one.name for one in rule.lead_ranges] == list(LeadName)
    for one in rule.lead_ranges:
        least, greatest = one.deviation_mv
        assert 0.4 < least < 0.67
        assert 1.5 < greatest < 2.4
