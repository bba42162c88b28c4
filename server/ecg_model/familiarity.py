"""Whether a signal is like those the network learned from: a few figures of each lead, and the ranges they had there.

Serving asks it of every recording, and training measures the ranges with the same functions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecg_model.manifest import LeadRange
from ecg_model.recording import BoolArray, FloatArray
from ecg_model.sample_means import sample_means


@dataclass(frozen=True, slots=True)
class LeadStatistics:
    """Figures of each lead of each recording, float32 [recording, lead].

    Attributes:
        deviation_mv: standard deviation of the samples, in millivolts.
        step_deviation_mv: standard deviation of the differences between neighbouring samples, in millivolts.
    """

    deviation_mv: FloatArray
    step_deviation_mv: FloatArray


def signal_statistics(signals: FloatArray) -> LeadStatistics:
    """Return the statistics of a batch of signals, float32 millivolts [recording, sample, lead], C-contiguous.

    Samples so large that their squares overflow give infinite statistics or NaN.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return LeadStatistics(deviation_mv=_deviations(signals), step_deviation_mv=_step_deviations(signals))


class FamiliarRanges:
    """The ranges of one model's leads.

    Args:
        ranges: one for each lead, in the order of the columns.
    """

    def __init__(self, ranges: Sequence[LeadRange]) -> None:
        # Of each statistic the least and the greatest value for each lead, [2, lead].
        self._deviations = np.array([one.deviation_mv for one in ranges], dtype=np.float32).T
        self._steps = np.array([one.step_deviation_mv for one in ranges], dtype=np.float32).T

    def are_left_by(self, statistics: LeadStatistics) -> BoolArray:
        """Return, for each recording and lead, whether a statistic is outside the range: bool [recording, lead]."""
        deviations_leave = _outside(statistics.deviation_mv, self._deviations)
        return deviations_leave | _outside(statistics.step_deviation_mv, self._steps)


def _outside(values: FloatArray, limits: FloatArray) -> BoolArray:
    least, greatest = limits
    outside: BoolArray = ~((least <= values) & (values <= greatest))  # where NaN is too
    return outside


def _deviations(signals: FloatArray) -> FloatArray:
    recordings, samples, leads = signals.shape
    # The means are subtracted from several samples at a time, in one long row: a loop over twelve leads is slow.
    repeats = math.gcd(samples, 8)
    means = np.concatenate([sample_means(signals)] * repeats, axis=-1)
    centred = signals.reshape(recordings, samples // repeats, repeats * leads) - means
    squares = np.square(centred, out=centred).reshape(signals.shape)
    deviations: FloatArray = np.sqrt(sample_means(squares)[:, 0])
    return deviations


def _step_deviations(signals: FloatArray) -> FloatArray:
    steps = signals[:, 1:] - signals[:, :-1]
    # The mean step is what lies between the ends, shared out.
    means = (signals[:, -1] - signals[:, 0]) / np.float32(steps.shape[1])
    squares = sample_means(np.square(steps, out=steps))[:, 0]
    deviations: FloatArray = np.sqrt(np.maximum(squares - np.square(means), 0))
    return deviations
