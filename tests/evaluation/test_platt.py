import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit

from ecg_evaluation.platt import fit_platt
from ecg_model.manifest import Calibration


def drawn(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and the true probabilities behind them."""
    random = np.random.default_rng(seed)
    true = expit(random.normal(-1, 2, size=count))
    return random.random(count) < true, true


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_an_overconfident_network_is_set_right(precision: type) -> None:
    """Log odds twice as large as they should be, and one too high, are halved and lowered."""
    labels, true = drawn(20_000)
    fitted = fit_platt(labels, expit(2 * logit(true) + 1).astype(precision))

    assert fitted.slope == pytest.approx(0.5, abs=0.03)
    assert fitted.intercept == pytest.approx(-0.5, abs=0.06)


@given(st.integers(20, 400), st.integers(0, 1000))
def test_no_other_calibration_makes_the_labels_likelier(count: int, seed: int) -> None:
    """Not even by a hair: there is no penalty. Another solver finds nothing better."""
    labels, true = drawn(count, seed)
    labels[:2] = True, False
    log_odds = logit(true)

    def surprise(numbers: np.ndarray) -> float:
        return float(np.logaddexp(0, np.where(labels, -1, 1) * (numbers[0] * log_odds + numbers[1])).mean())

    fitted = fit_platt(labels, true)
    best = minimize(surprise, np.array([fitted.slope, fitted.intercept]))
    if best.x[0] > 0.01:
        assert surprise(np.array([fitted.slope, fitted.intercept])) <= best.fun + 1e-9


def test_certainty_can_be_calibrated() -> None:
    """Probabilities of exactly 0 and 1 have infinite log odds, and still give finite numbers."""
    labels = np.arange(100) % 3 == 0
    probabilities = np.where(np.arange(100) < 5, ~labels, labels).astype(np.float32)

    assert 0 < fit_platt(labels, probabilities).slope < 1


def test_probabilities_nearer_to_0_or_1_than_a_ten_millionth_are_all_alike() -> None:
    """So that a single certain one, wrong or right, does not decide the fit by how certain it is."""
    labels, true = drawn(500)
    near, nearer = true.copy(), true.copy()
    near[:2], nearer[:2] = (1e-7, 1 - 1e-7), (1e-12, 1 - 1e-12)

    assert fit_platt(labels, near) == fit_platt(labels, nearer)


def test_a_class_that_is_told_the_wrong_way_round_is_left_alone() -> None:
    """A calibration never reverses an order."""
    labels, true = drawn(1000)

    assert fit_platt(labels, 1 - true) == Calibration()


@pytest.mark.parametrize("label", [0, 1])
def test_without_both_kinds_of_labels_there_is_nothing_to_fit(label: int) -> None:
    """What the network says is left as it is."""
    assert fit_platt(np.full(50, label == 1), np.linspace(0.1, 0.9, 50)) == Calibration()
