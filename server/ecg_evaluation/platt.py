"""Fits what turns probabilities of one class into calibrated ones.

Platt, Probabilistic outputs for support vector machines, 1999: a logistic regression on one number, here the log odds.
Two numbers a class: a fold of PTB-XL has too few recordings of the rarest class for isotonic regression.
"""

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from ecg_evaluation.arrays import AnyFloats, Flags
from ecg_model.manifest import Calibration

SMALLEST_PROBABILITY = 1e-7
DIGITS = 6


def fit_platt(labels: Flags, probabilities: AnyFloats) -> Calibration:
    """Return the calibration of one class that makes these labels likeliest, without a penalty.

    Args:
        labels: whether a recording shows the class, shape [recording].
        probabilities: 0 to 1, shape [recording]; taken no nearer to 0 or 1 than 1e-7.

    Returns:
        The calibration that changes nothing where none can be fitted: where all labels are the same, or where the
        probabilities put the recordings in no order or in the wrong one.
    """
    if labels.all() or not labels.any():
        return Calibration()
    log_odds = logit(np.clip(probabilities.astype(np.float64), SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY))
    # The tolerance is below scikit-learn's own, so that the fit does not depend on the scale of the log odds. Its usual
    # solver takes a hundred times as long for two numbers: on a busy machine BLAS's threads wait for each other.
    regression = LogisticRegression(C=np.inf, solver="newton-cg", tol=1e-8, max_iter=1000)
    regression.fit(log_odds[:, np.newaxis], labels)
    slope, intercept = (round(float(number), DIGITS) for number in (regression.coef_[0, 0], regression.intercept_[0]))
    return Calibration(slope=slope, intercept=intercept) if slope > 0 else Calibration()
