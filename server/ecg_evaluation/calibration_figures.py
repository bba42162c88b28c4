"""The calibration error of each class, as served and cross-fitted, beside what chance alone would give.

No bootstrap here: a resample repeats recordings, and repeated recordings look worse calibrated than they are. What is
drawn for one class is independent of what is drawn for another: the interval of their mean is narrower than theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ecg_evaluation.arrays import Flags, Floats, Integers
from ecg_evaluation.calibration_error import equal_mass_bins, simulate_labels
from ecg_evaluation.class_figures import Outcomes
from ecg_evaluation.cross_fitting import cross_fitted
from ecg_evaluation.evaluation import CalibrationFigures, ReliabilityBin
from ecg_evaluation.figures import MACRO, CalibrationError
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
    served = _served(outcomes, seed)
    fitted = [
        measure_calibration(labels, cross_fitted(labels, probabilities, patients, seed), [seed, index])
        for index, (labels, probabilities) in enumerate(_columns(outcomes))
    ]
    carried = outcomes.is_carried
    return (
        *(
            CalibrationFigures(
                class_code=code,
                served=_error(served[index]),
                cross_fitted=_error(fitted[index]) if carried[index] else None,
                bins=served[index].bins,
            )
            for index, code in enumerate(outcomes.class_codes)
        ),
        CalibrationFigures(
            class_code=MACRO, served=_mean(served), cross_fitted=_mean(fitted) if carried.all() else None
        ),
    )


def macro_calibration(outcomes: Outcomes, seed: int) -> CalibrationError | None:
    """Return the mean error of all classes as served; None where too few recordings carry one of them."""
    return _mean(_served(outcomes, seed)) if outcomes.is_carried.all() else None


def measure_calibration(labels: Flags, probabilities: Floats, seed: Sequence[int]) -> MeasuredCalibration:
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


def _columns(outcomes: Outcomes) -> Iterator[tuple[Flags, Floats]]:
    return zip(outcomes.labels.T, outcomes.probabilities.T, strict=True)


def _served(outcomes: Outcomes, seed: int) -> list[MeasuredCalibration]:
    return [
        measure_calibration(labels, probabilities, [seed, index])
        for index, (labels, probabilities) in enumerate(_columns(outcomes))
    ]


def _mean(classes: Sequence[MeasuredCalibration]) -> CalibrationError:
    return _error(
        MeasuredCalibration(
            error=float(np.mean([one.error for one in classes])),
            by_chance=np.mean([one.by_chance for one in classes], axis=0),
        )
    )


def _error(calibration: MeasuredCalibration) -> CalibrationError:
    by_chance = calibration.by_chance
    return CalibrationError(
        error=round(calibration.error, DIGITS),
        perfect=rounded_estimate(by_chance.mean(), *np.quantile(by_chance, BOUNDS)),
    )
