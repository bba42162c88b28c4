"""Fits what turns a network's probabilities into calibrated ones: Platt scaling, one class at a time.

Platt, Probabilistic outputs for support vector machines, 1999. Two numbers a class: a validation fold has too few
recordings of the rarest class for isotonic regression.
"""

from dataclasses import replace

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from ecg_model.manifest import Calibration, ClassSpecification
from ecg_model.recording import FloatArray

SMALLEST_PROBABILITY = 1e-7


def fit_calibration(
    classes: tuple[ClassSpecification, ...], labels: FloatArray, probabilities: FloatArray
) -> tuple[ClassSpecification, ...]:
    """Return the classes with the calibration that makes these labels likeliest.

    Args:
        classes: in the order of the columns.
        labels: [recording, class], 0 or 1; at least one of each in every class.
        probabilities: [recording, class], as the network gives them.
    """
    columns = zip(classes, np.transpose(labels), np.transpose(probabilities), strict=True)
    return tuple(replace(one, calibration=_fit(truth, given)) for one, truth, given in columns)


def _fit(labels: FloatArray, probabilities: FloatArray) -> Calibration:
    given = np.clip(probabilities.astype(np.float64), SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    fitted = LogisticRegression(C=np.inf).fit(logit(given)[:, np.newaxis], labels)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    # A network that orders a class the wrong way round, as one of a few recordings may, is left as it is.
    return Calibration(slope=round(slope, 6), intercept=round(intercept, 6)) if slope > 0 else Calibration()
