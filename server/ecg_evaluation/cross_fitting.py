"""Calibration as it would hold for patients it was not fitted on: fitted on some, scored on the others.

The shipped calibration need not be undone first: it is an affine map of the log odds, and a logistic regression without
a penalty gives the same probabilities whether it sees a number or an affine map of it. (A test undoes and compares.)
"""

import numpy as np

from ecg_evaluation.arrays import Flags, Floats, Integers
from ecg_evaluation.platt import fit_platt
from ecg_model.calibration import calibrate
from ecg_model.manifest import ClassSpecification

PARTS = 10


def cross_fitted(labels: Flags, probabilities: Floats, patients: Integers, seed: int) -> Floats:
    """Return the probabilities of one class [recording], each calibrated on other patients than the recording's.

    Args:
        labels: whether a recording shows the class, shape [recording].
        probabilities: as served, shape [recording].
        patients: number of the patient of each recording: a patient is never on both sides.
        seed: the division into ten parts follows from it.
    """
    part_of = patient_parts(patients, seed)
    calibrated = probabilities.copy()
    for part in np.unique(part_of):
        held_out = part_of == part
        fitted = ClassSpecification(
            code="", display_name="", calibration=fit_platt(labels[~held_out], probabilities[~held_out])
        )
        calibrated[held_out] = calibrate(probabilities[held_out, np.newaxis].astype(np.float32), [fitted])[:, 0]
    return calibrated


def patient_parts(patients: Integers, seed: int, parts: int = PARTS) -> Integers:
    """Return a part, 0 to parts - 1, for each recording [recording]; all recordings of a patient are in one."""
    distinct, patient_of = np.unique(patients, return_inverse=True)
    part_of_patient = np.random.default_rng(seed).permutation(len(distinct)) % parts
    return part_of_patient[patient_of]
