"""How right the findings are at given thresholds: F1, sensitivity and specificity, for many weightings at once."""

from dataclasses import dataclass

import numpy as np

from ecg_evaluation.arrays import Flags, Floats, Weights


@dataclass(frozen=True, slots=True)
class DecisionRates:
    """Figures of each class, shape [weighting, class], 0 to 1; NaN where a figure does not exist.

    Attributes:
        f1: harmonic mean of precision and sensitivity.
        sensitivity: share of the recordings with the class that are found.
        specificity: share of those without it that are passed by.
    """

    f1: Floats
    sensitivity: Floats
    specificity: Floats


def find(probabilities: Floats, thresholds: tuple[float, ...]) -> Flags:
    """Return the findings [recording, class]: the probabilities at or over their threshold.

    As in the server, a threshold is compared as the float32 that the caller sees.
    """
    found: Flags = probabilities >= np.asarray(thresholds, dtype=np.float32).astype(np.float64)
    return found


def decision_rates(labels: Flags, findings: Flags, weights: Weights) -> DecisionRates:
    """Return the figures of findings.

    Args:
        labels: what the recordings show, shape [recording, class].
        findings: what is said of them, likewise.
        weights: at least 0, shape [weighting, recording].
    """
    hits, misses = _total(weights, labels & findings), _total(weights, labels & ~findings)
    alarms, passes = _total(weights, ~labels & findings), _total(weights, ~labels & ~findings)
    return DecisionRates(
        f1=_share(2 * hits, misses + alarms),
        sensitivity=_share(hits, misses),
        specificity=_share(passes, alarms),
    )


def _total(weights: Weights, flags: Flags) -> Floats:
    # Counts: exact in float32 as long as a weighting has fewer than 2^24 recordings.
    return (weights @ flags.astype(np.float32)).astype(np.float64)


def _share(part: Floats, rest: Floats) -> Floats:
    whole = part + rest
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
