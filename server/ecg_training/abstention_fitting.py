"""Chooses where a model abstains: the least certain fifth of a validation fold, and what training never showed."""

import numpy as np
import numpy.typing as npt

from ecg_model.familiarity import signal_statistics
from ecg_model.manifest import AbstentionRule, LeadRange
from ecg_model.recording import FloatArray, LeadName
from ecg_model.uncertainty import uncertainty
from ecg_training.evaluation import COVERAGE

# Of each figure of each lead, one training recording in a thousand is outside; half as much again still is like them.
RARE = 0.0005
MARGIN = 1.5
DIGITS = 4
BLOCK = 512

Range = tuple[float, float]


def fit_abstention(calibrated: FloatArray, signals: FloatArray, lead_names: tuple[LeadName, ...]) -> AbstentionRule:
    """Return when a model abstains.

    Args:
        calibrated: probabilities [recording, class] of the validation fold.
        signals: millivolts [recording, sample, lead] of the training folds.
        lead_names: the leads in the order of the signal's columns.
    """
    # In blocks: the statistics of all recordings at once would need several times their memory.
    blocks = [signal_statistics(signals[start : start + BLOCK]) for start in range(0, len(signals), BLOCK)]
    deviations = np.concatenate([block.deviation_mv for block in blocks])
    steps = np.concatenate([block.step_deviation_mv for block in blocks])
    return AbstentionRule(
        greatest_uncertainty=round(float(np.quantile(uncertainty(calibrated), COVERAGE)), DIGITS),
        lead_ranges=tuple(
            LeadRange(name=name, deviation_mv=_range(deviation), step_deviation_mv=_range(step))
            for name, deviation, step in zip(lead_names, deviations.T, steps.T, strict=True)
        ),
    )


def _range(values: npt.NDArray[np.float32]) -> Range:
    least, greatest = np.quantile(values, [RARE, 1 - RARE])
    return round(float(least) / MARGIN, DIGITS), round(float(greatest) * MARGIN, DIGITS)
