import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_evaluation.risk_coverage import most_certain, risk_coverage_area

RISKS = st.lists(st.floats(0, 1), min_size=1, max_size=40).map(np.array)


def test_the_area_by_hand() -> None:
    """Certain and right, then unsure and wrong, then quite unsure and half wrong: risks 0, 1/2 and 1/2."""
    assert risk_coverage_area(np.array([0.1, 0.2, 0.3]), np.array([0, 1, 0.5])) == pytest.approx((0 + 0.5 + 0.5) / 3)


@given(RISKS)
def test_equal_uncertainty_is_no_order(risks: np.ndarray) -> None:
    """The area is then the risk of answering everything, whatever the order of the recordings."""
    assert risk_coverage_area(np.zeros(len(risks)), risks) == pytest.approx(risks.mean())


@given(RISKS, st.integers(0, 100))
def test_no_order_beats_that_of_the_errors(risks: np.ndarray, seed: int) -> None:
    """And none is worse than its reverse."""
    uncertainty = np.random.default_rng(seed).random(len(risks))
    area = risk_coverage_area(uncertainty, risks)

    assert risk_coverage_area(risks, risks) <= area + 1e-12
    assert area <= risk_coverage_area(-risks, risks) + 1e-12


def test_the_most_certain_are_kept() -> None:
    """As many as the share says."""
    kept = most_certain(np.array([0.3, 0.1, 0.4, 0.2, 0.5]), 0.6)

    assert kept.tolist() == [True, True, False, True, False]
    assert most_certain(np.array([0.3, 0.1]), 1).all()
