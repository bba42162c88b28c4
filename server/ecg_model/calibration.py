"""From what a network says to probabilities that come true as often as they say."""

from collections.abc import Sequence

import numpy as np

from ecg_model.manifest import Calibration, ClassSpecification
from ecg_model.recording import FloatArray


class Calibrator:
    """Calibrates the probabilities of one model.

    Of two probabilities of a class the greater stays the greater; 0 stays 0, and 1 stays 1. Where no class has a
    calibration the network's own array comes back.

    Args:
        classes: the classes, in the order of the columns.
    """

    def __init__(self, classes: Sequence[ClassSpecification]) -> None:
        calibrations = [one.calibration for one in classes]
        self._is_identity = all(one == Calibration() for one in calibrations)
        self._slope, self._intercept = np.array([(one.slope, one.intercept) for one in calibrations]).T

    def __call__(self, probabilities: FloatArray) -> FloatArray:
        """Return calibrated probabilities of what the network says, float32 [recording, class], 0 to 1."""
        if self._is_identity:
            return probabilities
        # In float64 the way to log odds and back returns every float32 to the bit.
        given = probabilities.astype(np.float64)
        with np.errstate(divide="ignore"):  # log odds of 0 and of 1 are infinite, and come back as 0 and 1
            log_odds = np.log(given) - np.log1p(-given)
        # 1 / (1 + exp(-x)), which would overflow where this does not.
        odds_against = -(self._slope * log_odds + self._intercept)
        calibrated: FloatArray = np.exp(-np.logaddexp(0, odds_against)).astype(np.float32)
        return calibrated


def calibrate(probabilities: FloatArray, classes: Sequence[ClassSpecification]) -> FloatArray:
    """Return calibrated probabilities, once."""
    return Calibrator(classes)(probabilities)
