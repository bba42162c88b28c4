import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from ecg_evaluation.calibration_error import calibration_error
from ecg_evaluation.cross_fitting import cross_fitted, patient_parts


@pytest.fixture(scope="module")
def cases() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, probabilities that are too sure of themselves, and patients with up to a handful of recordings."""
    random = np.random.default_rng(0)
    log_odds = random.normal(-1, 1.5, size=8000)
    labels = random.random(8000) < expit(log_odds)
    return labels, expit(1.8 * log_odds + 0.5), random.integers(0, 3600, size=8000)


def test_undoing_a_calibration_first_changes_nothing(cases: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    """A fit on what a shipped calibration made of the network's log odds is a fit on the network's log odds."""
    labels, network, patients = cases
    shipped = expit(0.6 * logit(network) - 0.4)

    undone = expit((logit(shipped) + 0.4) / 0.6)
    np.testing.assert_allclose(undone, network, atol=1e-9)
    np.testing.assert_allclose(
        cross_fitted(labels, shipped, patients, seed=1), cross_fitted(labels, network, patients, seed=1), atol=1e-5
    )


def test_a_miscalibrated_model_is_mended(cases: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    """And the order of recordings within a part stays as it was."""
    labels, network, patients = cases
    calibrated = cross_fitted(labels, network, patients, seed=1)

    assert calibration_error(labels, network) > 0.05
    assert calibration_error(labels, calibrated) < 0.02
    part = patient_parts(patients, seed=1) == 0
    assert (np.diff(calibrated[part][np.argsort(network[part])]) >= 0).all()


def test_a_recordings_own_label_does_not_reach_its_calibration(
    cases: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Nor does that of any recording of the same patient, or of the same part."""
    labels, network, patients = cases
    part = patient_parts(patients, seed=1) == 0
    other_labels = np.where(part, ~labels, labels)

    before, after = (cross_fitted(each, network, patients, seed=1) for each in (labels, other_labels))
    np.testing.assert_array_equal(before[part], after[part])
    assert np.abs(before[~part] - after[~part]).max() > 0.01


@given(st.lists(st.integers(0, 30), min_size=1, max_size=100).map(np.array), st.integers(0, 100))
def test_a_patient_is_in_one_part(patients: np.ndarray, seed: int) -> None:
    """And parts hold equally many patients, up to one."""
    parts = patient_parts(patients, seed, parts=4)
    part_of = dict(zip(patients.tolist(), parts.tolist(), strict=True))

    assert [part_of[patient] for patient in patients.tolist()] == parts.tolist()
    assert np.ptp(np.bincount(list(part_of.values()), minlength=4)) <= 1


def test_a_patient_with_all_that_shows_the_class_is_told_as_the_network_says() -> None:
    """Without that patient nothing shows the class, and there is nothing to fit a calibration on."""
    labels = np.arange(100) < 20
    probabilities = np.linspace(0.9, 0.1, 100)
    patients = np.where(labels, 0, np.arange(100))

    calibrated = cross_fitted(labels, probabilities, patients, seed=0)
    np.testing.assert_allclose(calibrated[labels], probabilities[labels], atol=1e-7)
    assert np.abs(calibrated[~labels] - probabilities[~labels]).max() > 0.05
