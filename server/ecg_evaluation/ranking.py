"""How well probabilities put recordings with a class before those without: AUC and AUPRC, for many weightings at once.

Fawcett, An introduction to ROC analysis, Pattern Recognition Letters 27 (2006); average precision as scikit-learn
defines it, without interpolation.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecg_evaluation.arrays import AnyFloats, Flags, Floats, Weights


@dataclass(frozen=True, slots=True)
class ThresholdCurve:
    """What is found as the threshold of one class goes down through its probabilities, each distinct one a step.

    Attributes:
        true_positives: weight of the recordings at or over the threshold that show the class, shape
            [weighting, 1 + step]; 0 before the first step.
        false_positives: weight of those that do not, likewise.
    """

    true_positives: Floats
    false_positives: Floats


def auc_per_class(labels: Flags, probabilities: AnyFloats) -> Floats:
    """Return the area under the ROC curve of each class [class], 0 to 1; NaN where a class has no pair.

    Args:
        labels: what the recordings show, shape [recording, class].
        probabilities: 0 to 1, likewise.
    """
    once = np.ones((1, len(labels)), dtype=np.float32)
    columns = zip(labels.T, probabilities.T, strict=True)
    return np.concatenate([roc_auc(threshold_curve(truth, given, once)) for truth, given in columns])


def threshold_curve(labels: Flags, probabilities: AnyFloats, weights: Weights) -> ThresholdCurve:
    """Return the curve of one class.

    Args:
        labels: whether a recording shows the class, shape [recording].
        probabilities: 0 to 1, shape [recording].
        weights: at least 0, shape [weighting, recording].
    """
    order = np.argsort(-probabilities, kind="stable")
    step_ends = np.flatnonzero(np.diff(probabilities[order], append=-np.inf))
    ordered = weights[:, order]
    found = _running(ordered * labels[order], step_ends)
    return ThresholdCurve(found, _running(ordered, step_ends) - found)


def _running(weights: Weights, step_ends: npt.NDArray[np.intp]) -> Floats:
    """Return running sums [weighting, 1 + step] at the end of each step; equal probabilities are one step."""
    sums = np.zeros((len(weights), 1 + weights.shape[1]))
    np.cumsum(weights, axis=1, out=sums[:, 1:])
    return sums[:, np.concatenate([[0], step_ends + 1])]


def roc_auc(curve: ThresholdCurve) -> Floats:
    """Return the area under the ROC curve [weighting], 0 to 1.

    It is the share of pairs, one recording with the class and one without, that stand in the right order; equal
    probabilities count a half. NaN where there is no such pair.
    """
    found, falsely = curve.true_positives, curve.false_positives
    heights = (found[:, 1:] + found[:, :-1]) / 2
    pairs = found[:, -1] * falsely[:, -1]
    return _quotient((np.diff(falsely, axis=1) * heights).sum(axis=1), pairs)


def average_precision(curve: ThresholdCurve) -> Floats:
    """Return the area under the precision-recall curve [weighting], 0 to 1; NaN where nothing shows the class."""
    found, falsely = curve.true_positives, curve.false_positives
    # Before the first recording that counts there is no precision, and nothing found that would ask for it.
    precision = _quotient(found[:, 1:], found[:, 1:] + falsely[:, 1:], otherwise=0)
    return _quotient((np.diff(found, axis=1) * precision).sum(axis=1), found[:, -1])


def _quotient(numerator: Floats, denominator: Floats, otherwise: float = np.nan) -> Floats:
    return np.divide(numerator, denominator, out=np.full_like(numerator, otherwise), where=denominator > 0)
