"""Chooses thresholds on a validation fold: for the greatest F1, or so that a promise holds beyond the fold.

A threshold that just keeps a promise on one fold breaks it on the next as often as not. How many of so many recordings
may go wrong for the lower Clopper-Pearson bound to keep it is known before any probability is looked at, and the
threshold is the probability that comes next in order: choosing it costs no confidence. The bound counts independent
recordings, so a patient counts once.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.stats import beta
from sklearn.metrics import precision_recall_curve

from ecg_model.manifest import OperatingPoint
from ecg_model.recording import FloatArray

CONFIDENCE = 0.95

OneClass = npt.NDArray[np.float32]
Choice = Callable[[OneClass, OneClass], float]


def choose_operating_points(
    labels: FloatArray, probabilities: FloatArray, patients: npt.NDArray[np.int64], measured_on: str
) -> tuple[OperatingPoint, ...]:
    """Return the operating points of a bundle, the default first.

    Args:
        labels: [recording, class], 0 or 1; at least one of each in every class.
        probabilities: [recording, class], calibrated.
        patients: [recording], whose recording it is.
        measured_on: what the recordings are, in words.
    """
    f1 = OperatingPoint(
        name="f1",
        description=f"The greatest F1 of each class on {measured_on}.",
        thresholds=_per_class(best_f1_threshold, labels, probabilities),
    )
    _, first = np.unique(patients, return_index=True)
    promised = (
        OperatingPoint(
            name=f"{figure}-{least:.0%}".removesuffix("%"),
            description=(
                f"A {figure} of at least {least}, for each class by itself with {CONFIDENCE:.0%} confidence, among "
                f"recordings like these (Clopper-Pearson bound, one recording a patient): {measured_on}."
            ),
            thresholds=_per_class(partial(choose, least=least), labels[first], probabilities[first]),
        )
        for figure, choose, least in PROMISES
    )
    return f1, *promised


def best_f1_threshold(labels: OneClass, probabilities: OneClass) -> float:
    """Return the threshold that gives one class its greatest F1."""
    precision, recall, thresholds = precision_recall_curve(labels, probabilities)
    # The last point of the curve has no threshold. Where both are 0 the F1 is 0.
    f1 = 2 * precision[:-1] * recall[:-1] / np.maximum(precision[:-1] + recall[:-1], np.finfo(float).tiny)
    return float(thresholds[np.argmax(f1)])


def sensitivity_threshold(labels: OneClass, probabilities: OneClass, least: float) -> float:
    """Return the greatest threshold whose bounded sensitivity for one class is at least this; 0 if none is."""
    found = np.sort(probabilities[labels == 1])
    missed = _allowed_errors(len(found), least)
    return 0.0 if missed is None else float(found[missed])


def specificity_threshold(labels: OneClass, probabilities: OneClass, least: float) -> float:
    """Return the smallest threshold whose bounded specificity for one class is at least this; 1 if none is."""
    falling = np.sort(probabilities[labels == 0])[::-1]
    alarms = _allowed_errors(len(falling), least)
    if alarms is None:
        return 1.0
    # The next number above it: the recording itself stays quiet.
    return min(1.0, float(np.nextafter(falling[alarms], np.float32(2))))


def lower_bound(right: int, count: int) -> float:
    """Return the lower Clopper-Pearson bound of a share of which `right` of `count` were seen."""
    return 0.0 if right == 0 else float(beta.ppf(1 - CONFIDENCE, right, count - right + 1))


def _allowed_errors(count: int, least: float) -> int | None:
    """Return how many of `count` may go wrong for the bound to hold; None: not even none."""
    allowed = [errors for errors in range(count) if lower_bound(count - errors, count) >= least]
    return max(allowed, default=None)


def _per_class(choose: Choice, labels: FloatArray, probabilities: FloatArray) -> tuple[float, ...]:
    return tuple(choose(truth, given) for truth, given in zip(labels.T, probabilities.T, strict=True))


PROMISES = (
    ("sensitivity", sensitivity_threshold, 0.90),
    ("sensitivity", sensitivity_threshold, 0.95),
    ("specificity", specificity_threshold, 0.95),
)
