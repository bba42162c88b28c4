"""Changes to clean recordings that should bring no warning: other ways to write the same, and short recordings."""

from collections.abc import Callable

import numpy as np

from ecg_model.recording import FloatArray

_SAMPLES = 1000
_SAMPLES_PER_SECOND = 100


def harmless_changes() -> dict[str, Callable[[FloatArray], FloatArray]]:
    """Return the changes by their names; each takes signals [recording, sample, lead] at 100 Hz."""
    return {
        "none": lambda signals: signals,
        "rounded to 5 µV": _rounded(0.005),
        "rounded to 10 µV": _rounded(0.01),
        "each lead's median removed": _without_median,
        "first 2.5 s, repeated": _repeated(2.5),
        "first 5 s, repeated": _repeated(5.0),
        "first 7.3 s, repeated": _repeated(7.3),
    }


def _rounded(unit_mv: float) -> Callable[[FloatArray], FloatArray]:
    return lambda signals: np.round(signals / np.float32(unit_mv)) * np.float32(unit_mv)


def _without_median(signals: FloatArray) -> FloatArray:
    changed: FloatArray = signals - np.median(signals, axis=1, keepdims=True)
    return changed


def _repeated(seconds: float) -> Callable[[FloatArray], FloatArray]:
    count = round(seconds * _SAMPLES_PER_SECOND)
    return lambda signals: signals[:, np.arange(_SAMPLES) % count]
