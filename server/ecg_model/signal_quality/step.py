"""Step: the baseline jumps and stays, as when an electrode pops off or the amplifier is reset."""

from collections.abc import Iterator

import numpy as np

from ecg_model.recording import FloatArray
from ecg_model.signal_quality.figures import block_means, lead_by_lead, worst_where_lost

# The 99.5th percentile of clean PTB-XL recordings (docs/quality.md); nearly all beyond it jump, and nobody noted it.
WARNS_FROM_MV = 0.9

_BLOCK_SECONDS = 0.05
_HORIZONS_BLOCKS = (1, 20, 40)
_LONGEST = max(_HORIZONS_BLOCKS)


@np.errstate(over="ignore", invalid="ignore")
def step_mv(signals: FloatArray, sample_rate_hz: float) -> FloatArray:
    """Return the greatest jump of each lead's baseline, in mV [window, lead].

    Around every block of 0.05 s, which the jump may fill, the mean after it is compared with the mean before it, over
    0.05, 1 and 2 s. The jump is the least of the three differences, 0 where they differ in sign: a wave of a beat
    vanishes in the long ones, slow wander in the short one. A step in the first or last 2 s is not seen.

    Where a short recording was repeated to fill the window, the two baselines at the seam are compared like any others:
    a seam shows as a step only as far as the baseline moved between the recording's start and its end.

    Args:
        signals: float32 millivolts [window, sample, lead].
        sample_rate_hz: their samples per second.
    """
    means = block_means(lead_by_lead(signals), max(1, round(_BLOCK_SECONDS * sample_rate_hz)))
    places = means.shape[-1] - 2 * _LONGEST
    if places < 1:
        return np.zeros(means.shape[:-1], dtype=np.float32)
    least, *others = _jumps(means, places)
    greatest = least
    for jumps in others:
        least, greatest = np.minimum(least, jumps), np.maximum(greatest, jumps)
    return worst_where_lost(np.maximum(np.maximum(least, -greatest).max(axis=-1), 0))


def _jumps(means: FloatArray, places: int) -> Iterator[FloatArray]:
    """Yield, for each horizon, the mean of the blocks after each place less that of those before [window, lead, place].

    Args:
        means: of all blocks [window, lead, block].
        places: how many blocks have the longest horizon on both sides.
    """
    sums = np.zeros((*means.shape[:-1], means.shape[-1] + 1), dtype=np.float32)
    # Relative to the first block, so that an offset of the whole lead costs no digits.
    np.cumsum(means - means[..., :1], axis=-1, out=sums[..., 1:])

    def until(block: int) -> FloatArray:
        """Return the sums of all blocks before this one, and before those that lie as far from the other places."""
        return sums[..., block : block + places]

    inner = until(_LONGEST) + until(_LONGEST + 1)
    for horizon in _HORIZONS_BLOCKS:
        jumps = until(_LONGEST + 1 + horizon) + until(_LONGEST - horizon)
        jumps -= inner
        jumps *= np.float32(1 / horizon)
        yield jumps
