"""How unsure a model is of a recording: one figure, by which a reader can put the doubtful ones aside."""

import numpy as np

from ecg_model.recording import FloatArray

# Stands for 0 under the logarithm: what it adds to an entropy is 0 to the last bit.
_TINY = 1e-300


def uncertainty(probabilities: FloatArray) -> FloatArray:
    """Return the uncertainty of each recording: the mean over the classes of the binary entropy, in bits.

    It is 0 where every probability is 0 or 1, and 1 where every one is 0.5.

    Args:
        probabilities: calibrated, float32 [recording, class]; the result is float32 [recording].
    """
    given = probabilities.astype(np.float64)
    yes = np.minimum(np.maximum(given, _TINY), 1)
    no = np.minimum(np.maximum(1 - given, _TINY), 1)
    entropies = -(yes * np.log2(yes) + no * np.log2(no))
    means: FloatArray = (entropies.sum(axis=-1) / entropies.shape[-1]).astype(np.float32)
    return means
