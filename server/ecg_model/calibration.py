"""From what a network says to probabilities that come true as often as they say."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ecg_model.manifest import Calibration, ClassSpecification
from ecg_model.recording import FloatArray

# Of p (1 - p), below which a float32 p is 0 or 1.
_LEAST_SPREAD = 1e-40


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

    def derivatives(self, probabilities: FloatArray) -> npt.NDArray[np.float64]:
        """Return by how much the calibrated probabilities change with what the network says, [recording, class]."""
        if self._is_identity:
            return np.ones(probabilities.shape)
        given, calibrated = (one.astype(np.float64) for one in (probabilities, self(probabilities)))
        # Where the network says 0 or 1 it says so for ever: its own gradient is 0 there.
        spread = np.maximum(given * (1 - given), _LEAST_SPREAD)
        derivatives: npt.NDArray[np.float64] = self._slope * calibrated * (1 - calibrated) / spread
        return derivatives


def calibrate(probabilities: FloatArray, classes: Sequence[ClassSpecification]) -> FloatArray:
    """Return calibrated probabilities, once."""
    return Calibrator(classes)(probabilities)
