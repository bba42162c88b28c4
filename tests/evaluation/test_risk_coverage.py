import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_evaluation.risk_coverage import keep_most_certain, most_certain, risk_coverage_areas

RISKS = st.lists(st.floats(0, 1), min_size=1, max_size=40).map(np.array)
# Uncertainty, risk, and how often it was drawn in each of two weightings; the first recording is in both.
DRAWN = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 4).map(lambda fifths: fifths / 4), st.integers(0, 3), st.integers(0, 3)
    ),
    min_size=1,
    max_size=20,
).map(lambda rows: [(*rows[0][:2], 1, 2), *rows[1:]])


def area_of(uncertainty: np.ndarray, risk: np.ndarray) -> float:
    """Return the area of recordings that count once each."""
    return float(risk_coverage_areas(uncertainty, risk, np.ones((1, len(risk)), dtype=np.float32))[0])


def test_the_area_by_hand() -> None:
    """Certain and right, then unsure and wrong, then quite unsure and half wrong: risks 0, 1/2 and 1/2."""
    assert area_of(np.array([0.1, 0.2, 0.3]), np.array([0, 1, 0.5])) == pytest.approx((0 + 0.5 + 0.5) / 3)


@given(DRAWN)
def test_a_weight_is_as_many_recordings(rows: list[tuple[int, float, int, int]]) -> None:
    """Drawing a recording twice is the same as having two like it; the area is the mean of the risks along the way."""
    uncertainty, risk, *weights = map(np.array, zip(*rows, strict=True))
    areas = risk_coverage_areas(uncertainty, risk, np.array(weights, dtype=np.float32))

    for area, counts in zip(areas, weights, strict=True):
        drawn, risks = np.repeat(uncertainty, counts), np.repeat(risk, counts)
        expected = np.array([risks[drawn == one].mean() for one in np.sort(drawn)])
        assert area == pytest.approx((np.cumsum(expected) / np.arange(1, len(drawn) + 1)).mean())


@given(RISKS)
def test_equal_uncertainty_is_no_order(risks: np.ndarray) -> None:
    """The area is then the risk of answering everything, whatever the order of the recordings."""
    assert area_of(np.zeros(len(risks)), risks) == pytest.approx(risks.mean())


@given(RISKS, st.integers(0, 100))
def test_no_order_beats_that_of_the_errors(risks: np.ndarray, seed: int) -> None:
    """And none is worse than its reverse."""
    uncertainty = np.random.default_rng(seed).random(len(risks))
    area = area_of(uncertainty, risks)

    assert area_of(risks, risks) <= area + 1e-12
    assert area <= area_of(-risks, risks) + 1e-12


def test_the_most_certain_are_kept() -> None:
    """As many as the share says; of equal uncertainty the first."""
    kept = most_certain(np.array([0.3, 0.1, 0.4, 0.2, 0.5], dtype=np.float32), 0.6)

    assert kept.tolist() == [True, True, False, True, False]
    assert most_certain(np.array([0.3, 0.1]), 1).all()
    assert most_certain(np.zeros(5), 0.4).tolist() == [True, True, False, False, False]


@given(DRAWN, st.floats(0, 1))
def test_each_weighting_keeps_its_own_most_certain(rows: list[tuple[int, float, int, int]], share: float) -> None:
    """The share of what was drawn, a recording that was drawn thrice perhaps only once; none that is less certain."""
    uncertainty, _, *weights = map(np.array, zip(*rows, strict=True))
    kept = keep_most_certain(uncertainty, share, np.array(weights, dtype=np.float32)).astype(int)

    for left, counts in zip(kept, weights, strict=True):
        assert ((left >= 0) & (left <= counts)).all()
        expected = np.sort(np.repeat(uncertainty, counts))[: round(share * counts.sum())]
        np.testing.assert_array_equal(np.sort(np.repeat(uncertainty, left)), expected)
