import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_evaluation.figures import Estimate
from ecg_evaluation.resampling import estimate, resample_weights

PATIENTS = st.lists(st.integers(0, 9), min_size=1, max_size=40).map(np.array)


@given(PATIENTS, st.integers(0, 20), st.integers(0, 1000))
def test_a_patient_is_drawn_with_all_recordings_or_not_at_all(patients: np.ndarray, count: int, seed: int) -> None:
    """As many patients are drawn as there are; the first row is the data as they are."""
    weights = resample_weights(patients, count, seed)
    distinct, first = np.unique(patients, return_index=True)

    assert weights.shape == (1 + count, len(patients))
    assert (weights[0] == 1).all()
    assert (weights[:, first].sum(axis=1) == len(distinct)).all()
    for patient in distinct:
        assert (np.ptp(weights[:, patients == patient], axis=1) == 0).all()


def test_one_seed_gives_one_set_of_resamples() -> None:
    """And another seed gives another."""
    patients = np.arange(50)
    np.testing.assert_array_equal(resample_weights(patients, 5, seed=3), resample_weights(patients, 5, seed=3))
    assert (resample_weights(patients, 5, seed=3) != resample_weights(patients, 5, seed=4)).any()


def test_an_interval_leaves_out_a_fortieth_at_either_end() -> None:
    """Of resamples 0, 1, …, 1000 thousandths it reaches from 0.025 to 0.975."""
    assert estimate(np.array([0.5, *np.arange(1001) / 1000])) == Estimate(0.5, 0.025, 0.975)


def test_a_resample_without_the_figure_does_not_take_part() -> None:
    """One that drew no positive, say."""
    assert estimate(np.array([0.5, np.nan, 0.4, np.nan, 0.4])) == Estimate(0.5, 0.4, 0.4)


def test_what_does_not_exist_in_the_data_has_no_estimate() -> None:
    """Whatever the resamples say; nor has what exists in no resample, which would have no interval."""
    assert estimate(np.array([np.nan, 0.5, 0.6])) is None
    assert estimate(np.array([0.5, np.nan])) is None
    assert estimate(np.array([0.5])) is None


def test_the_interval_of_a_mean_is_as_wide_as_theory_says() -> None:
    """For the mean of 400 fair coins: 1.96 standard errors to either side."""
    coins = np.arange(400) % 2
    weights = resample_weights(np.arange(400), 4000, seed=0)
    share = estimate((weights @ coins / weights.sum(axis=1)).astype(np.float64))

    assert share is not None
    assert share.value == 0.5
    assert share.high - share.low == pytest.approx(2 * 1.96 * 0.5 / 20, rel=0.06)
