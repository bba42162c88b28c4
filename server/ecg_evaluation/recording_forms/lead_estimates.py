"""Lost leads estimated from those that are left: what could be put in place of 0 mV."""

import numpy as np

from ecg_evaluation.arrays import Flags, Floats
from ecg_model.recording import FloatArray

# Below this share of the greatest singular value there is only rounding: limb leads follow from one another.
_LEAST_SHARE = 1e-6


def second_moments(signals: FloatArray) -> Floats:
    """Return the mean product of any two leads over all samples, shape [lead, lead], in square millivolts.

    Args:
        signals: float32 millivolts [recording, sample, lead].
    """
    samples = signals.reshape(-1, signals.shape[-1]).astype(np.float64)
    moments: Floats = samples.T @ samples / len(samples)
    return moments


def estimate_leads(signal: FloatArray, lost: Flags, moments: Floats) -> FloatArray:
    """Return a signal [sample, lead] with its lost leads replaced by the least-squares estimate from the others.

    Where a lost limb lead follows from others, that is the lead itself.

    Args:
        signal: float32 millivolts.
        lost: a flag for each lead.
        moments: of recordings like it, see `second_moments`.
    """
    weights = np.linalg.pinv(moments[np.ix_(~lost, ~lost)], rcond=_LEAST_SHARE) @ moments[np.ix_(~lost, lost)]
    estimated = signal.copy()
    estimated[:, lost] = signal[:, ~lost] @ weights.astype(np.float32)
    return estimated
