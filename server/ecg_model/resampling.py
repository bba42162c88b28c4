"""From the rate a signal was sampled at to the rate of the network.

A polyphase filter: a low-pass below half the lower of the two rates (a sinc under a Kaiser window), evaluated only
where a sample is wanted. It runs as a matrix product: what it does to one block of samples it does to every block a
period later, so that a few small matrices hold the whole filter.

The networks learned from PTB-XL's files at 100 Hz, and what is sent at 500 Hz should look to them as if it had come
from there. Held against its files at 500 Hz (docs/recordings.md), those at 100 Hz are cut off at 45 Hz, so that the hum
of European mains does not fold, and their samples lie 1.27 ms late.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from math import ceil, floor, lcm

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from ecg_model.recording import FloatArray

# Of half the lower rate.
CUTOFF = 0.9
DELAY_SECONDS = 0.00127
# Of the filter, in samples of the lower rate, on either side; with this window it attenuates by 50 dB.
HALF_LENGTH = 15
KAISER_BETA = 5.0

LARGEST_BLOCK = 64


def resample(signals: FloatArray, result: FloatArray, seconds: float) -> None:
    """Write signals into an array with another number of samples in the same time.

    Beyond its ends a signal is continued by its mirror image turned upside down, so
    that neither a level nor a slope ends in a transient. A constant stays what it is.

    Args:
        signals: float32 [window, sample, lead].
        result: likewise, of another number of samples.
        seconds: that time.
    """
    bank = _filter_bank(signals.shape[1], result.shape[1], seconds)
    with np.errstate(over="ignore", invalid="ignore"):  # samples that overflow are refused later, by their size
        # Window by window: what is made on the way stays small enough for the cache.
        for window, resampled in zip(signals, result, strict=True):
            bank.apply(window, resampled)


@dataclass(frozen=True, slots=True)
class _FilterBank:
    """The filter between two numbers of samples.

    Attributes:
        weights: float32 [block, sample out, sample in]: one matrix for each block of a period.
        starts: where in the extended signal each block of the first period begins.
        period: samples from one period to the next.
        before: samples to extend the signal by at its beginning.
        after: samples to extend it by at its end.
    """

    weights: FloatArray
    starts: tuple[int, ...]
    period: int
    before: int
    after: int

    def apply(self, window: FloatArray, result: FloatArray) -> None:
        """Write one window [sample in, lead], resampled, into `result` [sample out, lead]."""
        blocks, size, span = self.weights.shape
        spans = sliding_window_view(_extend(window, self.before, self.after), span, axis=0).swapaxes(-1, -2)
        by_period = result.reshape(-1, blocks, size, result.shape[-1])
        for block, (weights, start) in enumerate(zip(self.weights, self.starts, strict=True)):
            # The same block of every period lies evenly spaced: [period, sample in, lead], without a copy.
            np.matmul(weights, spans[start :: self.period], out=by_period[:, block])


# A filter takes up to six megabytes at 2,000 Hz; few callers send more than a handful of rates.
@lru_cache(maxsize=8)
def _filter_bank(available: int, wanted: int, seconds: float) -> _FilterBank:
    ratio = Fraction(available, wanted)
    size = next(size for size in range(min(LARGEST_BLOCK, wanted), 0, -1) if wanted % size == 0)
    blocks = lcm(size, ratio.denominator) // size
    # In samples of the given signal, as all that follows.
    unit = float(max(Fraction(1), ratio))
    delay = DELAY_SECONDS * available / seconds
    before = ceil(HALF_LENGTH * unit)
    span = ceil((size - 1) * ratio + delay) + 2 * before + 1
    starts = [floor(block * size * ratio) for block in range(blocks)]
    outputs = np.arange(blocks * size).reshape(blocks, size)
    positions = outputs * float(ratio) - np.array(starts)[:, np.newaxis] + before + delay
    period = int(blocks * size * ratio)
    return _FilterBank(
        weights=_weights(positions, span, unit),
        starts=tuple(starts),
        period=period,
        before=before,
        # So that the last block of the last period has its span, and no block has one more.
        after=starts[-1] + span - period - before,
    )


def _weights(positions: npt.NDArray[np.float64], span: int, unit: float) -> FloatArray:
    """Return what each of `span` samples adds to an output at each position among them: [..., sample in]."""
    distances = np.abs(np.arange(span) - positions[..., np.newaxis])
    weights = np.interp(distances / unit, *_kernel(), right=0)
    # Each row adds up to 1, so that a constant keeps its level to the last bits.
    normalized: FloatArray = (weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32)
    return normalized


@cache
def _kernel() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the filter's shape at distances in samples of the lower rate; lines between them are exact enough."""
    distances = np.linspace(0, HALF_LENGTH, 1 << 14)
    window = np.i0(KAISER_BETA * np.sqrt(1 - np.square(distances / HALF_LENGTH)))
    return distances, np.sinc(CUTOFF * distances) * window


def _extend(window: FloatArray, before: int, after: int) -> FloatArray:
    """Return a window continued at either end by its mirror image turned upside down about the last sample."""
    mirrored = 2 * window[0] - window[before:0:-1], window, 2 * window[-1] - window[-2 : -after - 2 : -1]
    return np.concatenate(mirrored)
