"""Shares of recordings, and the decimals that are kept of them."""

import numpy as np

from ecg_evaluation.arrays import Flags, Weights
from ecg_evaluation.figures import Estimate
from ecg_evaluation.resampling import DIGITS, estimate


def share(flags: Flags, weights: Weights) -> Estimate | None:
    """Return the share of recordings that have something."""
    return estimate((weights @ flags.astype(np.float32) / weights.sum(axis=1)).astype(np.float64))


def rounded(value: float | np.floating) -> float:
    """Return a share with as many decimals as are kept."""
    return round(float(value), DIGITS)
