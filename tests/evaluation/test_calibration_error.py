import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_evaluation.calibration_error import calibration_error, equal_mass_bins, simulate_labels
from ecg_evaluation.calibration_figures import calibration_figures
from ecg_evaluation.class_figures import Outcomes

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=200).map(np.array)
DISTINCT = st.lists(st.floats(0, 1), min_size=1, max_size=200, unique=True).map(np.array)


@given(DISTINCT)
def test_bins_hold_equally_many(probabilities: np.ndarray) -> None:
    """Up to one, and never more than fifteen bins."""
    counts = equal_mass_bins(probabilities).counts

    assert len(counts) <= 15
    assert counts.sum() == len(probabilities)
    assert np.ptp(counts) <= 1


@given(PROBABILITIES)
def test_equal_probabilities_share_a_bin(probabilities: np.ndarray) -> None:
    """So that the error does not depend on the order of the recordings."""
    membership = equal_mass_bins(probabilities).membership
    bin_of = membership.argmax(axis=1)

    assert (membership.sum(axis=1) == 1).all()
    for probability in np.unique(probabilities):
        assert len(set(bin_of[probabilities == probability])) == 1


def test_the_error_by_hand() -> None:
    """Thirty recordings in bins of two: one bin is off by 0.4 in the mean, one by 0.1, the rest by nothing."""
    probabilities = np.repeat([0.0, 0.4, 0.6, 1.0], [14, 2, 2, 12]) + np.arange(30) * 1e-9
    labels = np.array([0] * 14 + [0, 0] + [1, 0] + [1] * 12, dtype=bool)

    assert calibration_error(labels, probabilities) == pytest.approx((0.4 * 2 + 0.1 * 2) / 30, abs=1e-6)


@given(PROBABILITIES, st.integers(0, 100))
def test_the_error_is_a_share(probabilities: np.ndarray, seed: int) -> None:
    """Between 0 and 1 whatever the labels; and the order of the recordings does not matter."""
    labels = np.random.default_rng(seed).random(len(probabilities)) < 0.5
    error = calibration_error(labels, probabilities)

    assert 0 <= error <= 1
    assert calibration_error(labels[::-1], probabilities[::-1]) == pytest.approx(error)


def test_probabilities_that_are_exactly_right_score_what_is_simulated() -> None:
    """Labels drawn from them have an error like those that the simulation draws, and far from 0."""
    random = np.random.default_rng(1)
    probabilities = random.random(2000)
    bins = equal_mass_bins(probabilities)
    simulated = bins.error(simulate_labels(probabilities, seed=0))
    drawn = [calibration_error(random.random(2000) < probabilities, probabilities) for _ in range(200)]

    assert simulated.shape == (1000,)
    assert np.mean(drawn) == pytest.approx(simulated.mean(), rel=0.05)
    assert simulated.mean() > 0.01


def test_a_wrong_slope_is_seen() -> None:
    """Probabilities twice as sure in log odds as they should be score well above the floor."""
    random = np.random.default_rng(2)
    log_odds = random.normal(size=4000)
    labels = random.random(4000) < 1 / (1 + np.exp(-log_odds))

    assert calibration_error(labels, 1 / (1 + np.exp(-log_odds))) < 0.03
    assert calibration_error(labels, 1 / (1 + np.exp(-2 * log_odds))) > 0.06


def test_what_chance_gives_is_drawn_for_each_class_by_itself() -> None:
    """Two classes alike have floors of their own, and the interval of their mean is narrower than either's."""
    random = np.random.default_rng(3)
    probabilities = np.repeat(random.random((500, 1)), 4, axis=1)
    labels = np.repeat(random.random((500, 1)) < probabilities[:, :1], 4, axis=1)
    outcomes = Outcomes(tuple("ABCD"), labels, probabilities, np.ones((1, 500), dtype=np.float32))
    first, second, *_, macro = (one.served for one in calibration_figures(outcomes, np.arange(500), seed=0))

    assert first.error == second.error == macro.error
    assert first.perfect != second.perfect
    width, macro_width = (one.perfect.high - one.perfect.low for one in (first, macro))
    assert macro_width == pytest.approx(width / 2, rel=0.2)
