"""The calibration error of each class, as served and cross-fitted, beside what chance alone would give.

No bootstrap here: a resample repeats recordings, and repeated recordings look worse calibrated than they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecg_evaluation.arrays import Flags, Floats, Integers
from ecg_evaluation.calibration_error import equal_mass_bins, simulate_labels
from ecg_evaluation.class_figures import Outcomes
from ecg_evaluation.cross_fitting import cross_fitted
from ecg_evaluation.evaluation import CalibrationFigures, ReliabilityBin
from ecg_evaluation.figures import MACRO, Estimate
from ecg_evaluation.resampling import BOUNDS, DIGITS, rounded_estimate


@dataclass(frozen=True, slots=True)
class MeasuredCalibration:
    """The calibration of one set of probabilities.

    Attributes:
        error: expected calibration error, 0 to 1.
        by_chance: the errors for labels drawn from the probabilities themselves, shape [draw].
        bins: what the error is made of.
    """

    error: float
    by_chance: Floats
    bins: tuple[ReliabilityBin, ...] = ()


def calibration_figures(outcomes: Outcomes, patients: Integers, seed: int) -> tuple[CalibrationFigures, ...]:
    """Return the figures of each class, then of MACRO.

    Args:
        outcomes: the recordings; their weights play no part.
        patients: number of the patient of each recording, shape [recording].
        seed: what the simulations and the division of patients follow from.
    """
    columns = list(zip(outcomes.labels.T, outcomes.probabilities.T, strict=True))
    served = [measure_calibration(labels, probabilities, seed) for labels, probabilities in columns]
    fitted = [
        measure_calibration(labels, cross_fitted(labels, probabilities, patients, seed), seed) if is_carried else None
        for (labels, probabilities), is_carried in zip(columns, outcomes.is_carried, strict=True)
    ]
    macro_fitted = [one for one in fitted if one is not None]
    macro = _figures(MACRO, _mean(served), _mean(macro_fitted) if len(macro_fitted) == len(fitted) else None)
    return (*map(_figures, outcomes.class_codes, served, fitted), macro)


def measure_calibration(labels: Flags, probabilities: Floats, seed: int) -> MeasuredCalibration:
    """Return the calibration of one class."""
    bins = equal_mass_bins(probabilities)
    simulated = simulate_labels(probabilities, seed)
    shares = bins.means(labels.astype(np.float64))
    lows, highs = np.quantile(bins.means(simulated), BOUNDS, axis=0)
    columns = zip(bins.counts, bins.means(probabilities), shares, lows, highs, strict=True)
    return MeasuredCalibration(
        error=float(bins.error(labels.astype(np.float64))),
        by_chance=bins.error(simulated),
        bins=tuple(_bin(*column) for column in columns),
    )


def _bin(count: float, probability: float, share: float, low: float, high: float) -> ReliabilityBin:
    probability, share, low, high = (round(float(number), DIGITS) for number in (probability, share, low, high))
    return ReliabilityBin(
        recordings=int(count), probability=probability, share=share, expected_low=low, expected_high=high
    )


def _mean(classes: Sequence[MeasuredCalibration]) -> MeasuredCalibration:
    return MeasuredCalibration(
        error=float(np.mean([one.error for one in classes])),
        by_chance=np.mean([one.by_chance for one in classes], axis=0),
    )


def _figures(class_code: str, served: MeasuredCalibration, fitted: MeasuredCalibration | None) -> CalibrationFigures:
    return CalibrationFigures(
        class_code=class_code,
        error=round(served.error, DIGITS),
        perfect_error=_perfect(served),
        cross_fitted_error=None if fitted is None else round(fitted.error, DIGITS),
        cross_fitted_perfect_error=None if fitted is None else _perfect(fitted),
        bins=served.bins,
    )


def _perfect(calibration: MeasuredCalibration) -> Estimate:
    return rounded_estimate(calibration.by_chance.mean(), *np.quantile(calibration.by_chance, BOUNDS))
