"""Chooses thresholds on a validation fold: for the greatest F1, or so that a promise holds beyond the fold.

A threshold that just keeps a promise on one fold breaks it on the next as often as not. A promised sensitivity or
specificity is therefore that of the lower Clopper-Pearson bound. Thresholds are tried from the safest on and the first
that fails ends the search, so that trying many costs no confidence (fixed-sequence testing: Angelopoulos et al., Learn
then test: calibrating predictive algorithms to achieve risk control, 2022).
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.stats import beta
from sklearn.metrics import precision_recall_curve

from ecg_model.manifest import OperatingPoint
from ecg_model.recording import FloatArray

CONFIDENCE = 0.95
DIGITS = 6

OneClass = npt.NDArray[np.float32]
Choice = Callable[[OneClass, OneClass], float]


def choose_operating_points(
    labels: FloatArray, probabilities: FloatArray, measured_on: str
) -> tuple[OperatingPoint, ...]:
    """Return the operating points of a bundle, the default first.

    Args:
        labels: [recording, class], 0 or 1; at least one of each in every class.
        probabilities: [recording, class], calibrated.
        measured_on: what the recordings are, in words.
    """
    f1 = OperatingPoint(
        name="f1",
        description=f"The greatest F1 of each class on {measured_on}.",
        thresholds=_per_class(best_f1_threshold, labels, probabilities),
    )
    promised = (
        OperatingPoint(
            name=f"{figure}-{least:.0%}".removesuffix("%"),
            description=(
                f"A {figure} of at least {least} for each class, with {CONFIDENCE:.0%} confidence for patients like "
                f"these (Clopper-Pearson bound): {measured_on}."
            ),
            thresholds=_per_class(partial(choose, least=least), labels, probabilities),
        )
        for figure, choose, least in PROMISES
    )
    return f1, *promised


def best_f1_threshold(labels: OneClass, probabilities: OneClass) -> float:
    """Return the threshold that gives one class its greatest F1."""
    precision, recall, thresholds = precision_recall_curve(labels, probabilities)
    # The last point of the curve has no threshold. Where both are 0 the F1 is 0.
    f1 = 2 * precision[:-1] * recall[:-1] / np.maximum(precision[:-1] + recall[:-1], np.finfo(float).tiny)
    return _rounded_down(float(thresholds[np.argmax(f1)]))


def sensitivity_threshold(labels: OneClass, probabilities: OneClass, least: float) -> float:
    """Return the greatest threshold whose bounded sensitivity for one class is at least this; 0 if none is."""
    found = np.sort(probabilities[labels == 1])
    missed = _allowed_errors(len(found), least)
    return 0.0 if missed is None else _rounded_down(float(found[missed]))


def specificity_threshold(labels: OneClass, probabilities: OneClass, least: float) -> float:
    """Return the smallest threshold whose bounded specificity for one class is at least this; 1 if none is."""
    falling = np.sort(probabilities[labels == 0])[::-1]
    alarms = _allowed_errors(len(falling), least)
    return 1.0 if alarms is None else min(1.0, round(_rounded_down(float(falling[alarms])) + 10.0**-DIGITS, DIGITS))


def lower_bound(right: int, count: int) -> float:
    """Return the lower Clopper-Pearson bound of a share of which `right` of `count` were seen."""
    return 0.0 if right == 0 else float(beta.ppf(1 - CONFIDENCE, right, count - right + 1))


def _allowed_errors(count: int, least: float) -> int | None:
    """Return how many of `count` may go wrong for the bound to hold; None: not even none."""
    allowed = [errors for errors in range(count) if lower_bound(count - errors, count) >= least]
    return max(allowed, default=None)


def _per_class(choose: Choice, labels: FloatArray, probabilities: FloatArray) -> tuple[float, ...]:
    return tuple(choose(truth, given) for truth, given in zip(labels.T, probabilities.T, strict=True))


def _rounded_down(threshold: float) -> float:
    # Down, so that the recording on which it was chosen still reaches it.
    steps = 10.0**DIGITS
    return math.floor(threshold * steps) / steps


PROMISES = (
    ("sensitivity", sensitivity_threshold, 0.90),
    ("sensitivity", sensitivity_threshold, 0.95),
    ("specificity", specificity_threshold, 0.95),
)
