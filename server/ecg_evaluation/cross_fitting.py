"""Calibration as it would hold for patients it was not fitted on: fitted on some, scored on the others.

Platt, Probabilistic outputs for support vector machines (1999): a logistic regression on one number, here the log odds,
as the training fits the calibration that ships.

The shipped calibration need not be undone first: it is an affine map of the log odds, and a logistic regression without
a penalty gives the same probabilities whether it sees a number or an affine map of it. (A test undoes and compares.)
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from ecg_evaluation.arrays import Flags, Floats, Integers

PARTS = 10
# float32 has no probability between this and 1: nearer to 0 or 1 the log odds say nothing.
_LEAST_PROBABILITY = 2.0**-24


def cross_fitted(labels: Flags, probabilities: Floats, patients: Integers, seed: int) -> Floats:
    """Return the probabilities of one class [recording], each calibrated on other patients than the recording's.

    Args:
        labels: whether a recording shows the class, shape [recording].
        probabilities: as served, shape [recording].
        patients: number of the patient of each recording: a patient is never on both sides.
        seed: the division into ten parts follows from it.
    """
    log_odds = to_log_odds(probabilities)
    part_of = patient_parts(patients, seed)
    calibrated = probabilities.copy()
    for part in np.unique(part_of):
        held_out = part_of == part
        calibrated[held_out] = _platt(labels[~held_out], log_odds[~held_out], log_odds[held_out])
    return calibrated


def to_log_odds(probabilities: Floats) -> Floats:
    """Return the log odds of probabilities, kept finite at 0 and 1."""
    kept = np.clip(probabilities, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    log_odds: Floats = np.log(kept) - np.log1p(-kept)
    return log_odds


def patient_parts(patients: Integers, seed: int, parts: int = PARTS) -> Integers:
    """Return a part, 0 to parts - 1, for each recording [recording]; all recordings of a patient are in one."""
    distinct, patient_of = np.unique(patients, return_inverse=True)
    part_of_patient = np.random.default_rng(seed).permutation(len(distinct)) % parts
    return part_of_patient[patient_of]


def _platt(labels: Flags, log_odds: Floats, other_log_odds: Floats) -> Floats:
    # The tolerance is below scikit-learn's own, so that the fit does not depend on the scale of the log odds. Its usual
    # solver takes a hundred times as long for two numbers: on a busy machine BLAS's threads wait for each other.
    regression = LogisticRegression(C=np.inf, solver="newton-cg", tol=1e-8, max_iter=1000)
    regression.fit(log_odds[:, np.newaxis], labels)
    calibrated: Floats = regression.predict_proba(other_log_odds[:, np.newaxis])[:, 1]
    return calibrated
