"""Bootstrap: how far a figure moves when other patients had come. Pure functions of a seed.

A resample is a row of weights: how often each recording was drawn. Figures are computed for all rows at once, which is
why they are computed from weighted counts in NumPy here and not by scikit-learn: a thousand resamples of five classes
in some forty groups are hundreds of thousands of calls, minutes where this takes seconds. The tests hold every figure
against scikit-learn's with the same weights.

Efron and Tibshirani, An Introduction to the Bootstrap (1993): chapter 13, percentile intervals.
"""

import numpy as np

from ecg_evaluation.arrays import Floats, Integers, Weights
from ecg_evaluation.figures import Estimate

COVERAGE = 0.95
BOUNDS = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
"""The quantiles that an interval reaches from and to."""

DIGITS = 4
"""Decimals that are kept: an interval of a thousand resamples has no more to say."""


def resample_weights(patients: Integers, count: int, seed: int) -> Weights:
    """Return weights [1 + count, recording]: the data as they are (all 1), then the resamples.

    Patients are drawn, not recordings, since recordings of one patient resemble each other: all of a patient's count
    as often as the patient was drawn.

    Args:
        patients: number of the patient of each recording, shape [recording]; where patients are unknown, a number of
            its own for each recording.
        count: resamples.
        seed: everything random follows from it.
    """
    distinct, patient_of = np.unique(patients, return_inverse=True)
    shares = np.full(len(distinct), 1 / len(distinct))
    drawn = np.random.default_rng(seed).multinomial(len(distinct), shares, size=count)
    times = np.vstack([np.ones((1, len(distinct)), dtype=drawn.dtype), drawn])
    return times[:, patient_of].astype(np.float32)


def estimate(figures: Floats) -> Estimate | None:
    """Return a figure with its 95 % percentile interval.

    Args:
        figures: the figure for each row of weights, shape [1 + resample]. NaN is a figure that does not exist; a
            resample without one (it drew no positive, say) does not take part.

    Returns:
        None where the figure does not exist in the data themselves, or in no resample.
    """
    resampled = figures[1:][~np.isnan(figures[1:])]
    if np.isnan(figures[0]) or not resampled.size:
        return None
    return rounded_estimate(figures[0], *np.quantile(resampled, BOUNDS))


def rounded_estimate(value: float, low: float, high: float) -> Estimate:
    """Return an estimate with as many decimals as are kept."""
    return Estimate(*(round(float(number), DIGITS) for number in (value, low, high)))
