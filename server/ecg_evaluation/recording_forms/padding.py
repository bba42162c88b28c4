"""Ways to make ten seconds of fewer. Each takes signals [recording, sample, lead] and returns longer ones."""

from collections.abc import Callable

import numpy as np

from ecg_model.recording import FloatArray
from ecg_model.windows import repeated

Pad = Callable[[FloatArray, int], FloatArray]
"""Takes signals [recording, sample, lead], and how many samples are wanted."""

SERVED_PADDING = "repeated from its start"


def _repeated(signals: FloatArray, wanted: int) -> FloatArray:
    return signals[:, repeated(signals.shape[1], wanted)]


def _repeated_on_the_beat(signals: FloatArray, wanted: int) -> FloatArray:
    """Repeat each from its start, after as many samples as bring what follows closest to how it begins.

    A fifth of a second is compared, and at most 1.2 s are given up.
    """
    count, compared = signals.shape[1], 20
    periods = np.arange(max(count - 140, count // 2), count - compared + 1)
    start = signals[:, :compared]
    distances = [np.abs(signals[:, period : period + compared] - start).mean(axis=(1, 2)) for period in periods]
    chosen = periods[np.argmin(distances, axis=0)]
    return np.take_along_axis(signals, (np.arange(wanted) % chosen[:, np.newaxis])[..., np.newaxis], axis=1)


def _mirrored(signals: FloatArray, wanted: int) -> FloatArray:
    count = signals.shape[1]
    position = np.arange(wanted) % (2 * count)
    return signals[:, np.where(position < count, position, 2 * count - 1 - position)]


def _followed_by(fill: Callable[[FloatArray], FloatArray | float]) -> Pad:
    """Return padding by one level for each lead."""

    def pad(signals: FloatArray, wanted: int) -> FloatArray:
        recordings, count, leads = signals.shape
        padded = np.empty((recordings, wanted, leads), dtype=np.float32)
        padded[:, :count], padded[:, count:] = signals, fill(signals)
        return padded

    return pad


def _amid_zeros(signals: FloatArray, wanted: int) -> FloatArray:
    missing = wanted - signals.shape[1]
    return np.pad(signals, ((0, 0), (missing // 2, missing - missing // 2), (0, 0)))


PADDINGS: dict[str, Pad] = {
    SERVED_PADDING: _repeated,
    "repeated on the beat": _repeated_on_the_beat,
    "mirrored back and forth": _mirrored,
    "followed by 0 mV": _followed_by(lambda _: 0.0),
    "amid 0 mV": _amid_zeros,
    "followed by each lead's mean": _followed_by(lambda signals: signals.mean(axis=1, keepdims=True)),
    "followed by each lead's last sample": _followed_by(lambda signals: signals[:, -1:]),
}
