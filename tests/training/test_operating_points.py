"""Thresholds: the greatest F1, and promises that hold beyond the recordings they were chosen on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from ecg_model.recording import FloatArray
from ecg_training.operating_points import (
    best_f1_threshold,
    choose_operating_points,
    lower_bound,
    sensitivity_threshold,
    specificity_threshold,
)


def drawn(seed: int, count: int = 400) -> tuple[FloatArray, FloatArray]:
    """Return the labels of one class, and probabilities that tell something of them."""
    random = np.random.default_rng(seed)
    labels = (random.random(count) < 0.3).astype(np.float32)
    return labels, (1 / (1 + np.exp(-(random.normal(size=count) + 2 * labels - 1)))).astype(np.float32)


def test_the_threshold_of_the_greatest_f1_by_hand() -> None:
    """Of four recordings in order 1, 0, 1, 0 F1 is greatest from the third on, which the threshold lets through."""
    labels = np.array([1, 0, 1, 0], dtype=np.float32)
    probabilities = np.array([0.9, 0.2, 0.41234567, 0.5], dtype=np.float32)

    assert best_f1_threshold(labels, probabilities) == probabilities[2]


@pytest.mark.parametrize(("right", "count"), [(1, 1), (45, 50), (50, 50), (260, 268), (480, 500)])
def test_the_lower_bound_is_that_of_clopper_and_pearson(right: int, count: int) -> None:
    """Were the share the bound, as many right ones or more would be seen in one of twenty folds."""
    bound = lower_bound(right, count)

    assert binom.sf(right - 1, count, bound) == pytest.approx(0.05, abs=1e-6)
    assert lower_bound(0, count) == 0


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), least=st.sampled_from([0.8, 0.9, 0.95]))
def test_a_promised_sensitivity_is_that_of_the_bound(seed: int, least: float) -> None:
    """At the threshold the bound keeps the promise; one more missed and it would not."""
    labels, probabilities = drawn(seed)
    positives = probabilities[labels == 1]
    found = int((positives >= np.float32(sensitivity_threshold(labels, probabilities, least))).sum())

    assert lower_bound(found, len(positives)) >= least
    assert lower_bound(found - 1, len(positives)) < least


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), least=st.sampled_from([0.8, 0.9, 0.95]))
def test_a_promised_specificity_is_that_of_the_bound(seed: int, least: float) -> None:
    """Likewise for the recordings that do not show the class."""
    labels, probabilities = drawn(seed)
    negatives = probabilities[labels == 0]
    quiet = int((negatives < np.float32(specificity_threshold(labels, probabilities, least))).sum())

    assert lower_bound(quiet, len(negatives)) >= least
    assert lower_bound(quiet - 1, len(negatives)) < least


def test_a_promise_that_a_few_recordings_cannot_keep_lets_everything_or_nothing_through() -> None:
    """Of five positives all found, the bound is 0.55: only a threshold of 0 is safe, and 1 for specificity."""
    labels = np.array([1] * 5 + [0] * 5, dtype=np.float32)
    probabilities = np.linspace(0.9, 0.1, 10, dtype=np.float32)

    assert sensitivity_threshold(labels, probabilities, 0.9) == 0
    assert specificity_threshold(labels, probabilities, 0.9) == 1


def test_the_points_are_ordered_as_their_promises() -> None:
    """The default comes first; more sensitivity is a smaller threshold, and every point names its data."""
    columns = [drawn(seed) for seed in (1, 2)]
    labels, probabilities = (np.stack(arrays, axis=1) for arrays in zip(*columns, strict=True))
    f1, sensitive, most_sensitive, specific = choose_operating_points(
        labels, probabilities, np.arange(len(labels)), "some fold"
    )

    assert f1.name == "f1"
    for least, more, most in zip(most_sensitive.thresholds, sensitive.thresholds, specific.thresholds, strict=True):
        assert least < more < most
    assert all("some fold" in point.description for point in (f1, sensitive, most_sensitive, specific))
    assert "0.95" in most_sensitive.description


def test_a_patient_counts_once() -> None:
    """Ten recordings of each patient promise no more than one of each would."""
    columns = [drawn(seed) for seed in (1, 2)]
    labels, probabilities = (np.stack(arrays, axis=1) for arrays in zip(*columns, strict=True))
    patients = np.arange(len(labels))

    def promised(times: int) -> list[tuple[float, ...]]:
        repeated = (np.repeat(array, times, axis=0) for array in (labels, probabilities, patients))
        return [point.thresholds for point in choose_operating_points(*repeated, "some fold")[1:]]

    assert promised(10) == promised(1)
