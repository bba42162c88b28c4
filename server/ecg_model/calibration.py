"""From what a network says to probabilities that come true as often as they say."""

from collections.abc import Sequence

import numpy as np

from ecg_model.manifest import Calibration, ClassSpecification
from ecg_model.recording import FloatArray

_IDENTITY = Calibration()


def calibrate(probabilities: FloatArray, classes: Sequence[ClassSpecification]) -> FloatArray:
    """Return calibrated probabilities.

    Of two probabilities of a class the greater stays the greater; 0 stays 0, and 1 stays 1. Where no class has a
    calibration the network's own array comes back.

    Args:
        probabilities: what the network says, float32 [recording, class], 0 to 1.
        classes: the classes, in the order of the columns.
    """
    calibrations = [one.calibration for one in classes]
    if all(one == _IDENTITY for one in calibrations):
        return probabilities
    slope, intercept = np.array([(one.slope, one.intercept) for one in calibrations]).T
    # In float64 the way to log odds and back returns every float32 to the bit.
    given = probabilities.astype(np.float64)
    with np.errstate(divide="ignore"):  # log odds of 0 and of 1 are infinite, and come back as 0 and 1
        log_odds = np.log(given) - np.log1p(-given)
    # 1 / (1 + exp(-x)), which would overflow where this does not.
    calibrated: FloatArray = np.exp(-np.logaddexp(0, -(slope * log_odds + intercept))).astype(np.float32)
    return calibrated
