"""Ways to make one probability of those of several windows. Each takes [recording, window, class].

Some look at NORM the other way round: a recording is normal when all of it is, and shows a finding when any of it does.
"""

from collections.abc import Callable
from math import ceil

import numpy as np

from ecg_evaluation.arrays import Floats

NORMAL = "NORM"
SERVED_COMBINATION = "mean"

_SMALLEST = 1e-7


def _mean(windows: Floats) -> Floats:
    mean: Floats = windows.mean(axis=1)
    return mean


def _mean_log_odds(windows: Floats) -> Floats:
    inside = np.clip(windows, _SMALLEST, 1 - _SMALLEST)
    log_odds = (np.log(inside) - np.log1p(-inside)).mean(axis=1)
    together: Floats = 1 / (1 + np.exp(-log_odds))
    return together


def _median(windows: Floats) -> Floats:
    median: Floats = np.median(windows, axis=1)
    return median


def _maximum(windows: Floats) -> Floats:
    maximum: Floats = windows.max(axis=1)
    return maximum


def _noisy_or(windows: Floats) -> Floats:
    """Return the probability that any window shows it, were they independent."""
    any_of_them: Floats = 1 - np.prod(1 - windows, axis=1)
    return any_of_them


def _upper_half(windows: Floats) -> Floats:
    """Return the mean over the greater half."""
    half = ceil(windows.shape[1] / 2)
    mean: Floats = np.sort(windows, axis=1)[:, -half:].mean(axis=1)
    return mean


_ALIKE: dict[str, Callable[[Floats], Floats]] = {
    SERVED_COMBINATION: _mean,
    "mean of log odds": _mean_log_odds,
    "median": _median,
}
_BY_FINDING: dict[str, Callable[[Floats], Floats]] = {
    "mean of the greater half": _upper_half,
    "maximum": _maximum,
    "noisy or": _noisy_or,
}
COMBINATIONS = (*_ALIKE, *_BY_FINDING)


def combined(rule: str, windows: Floats, class_codes: tuple[str, ...]) -> Floats:
    """Return probabilities [recording, class] of those of the windows [recording, window, class], by one rule."""
    if rule in _ALIKE:
        return _ALIKE[rule](windows)
    is_normal = np.array([code == NORMAL for code in class_codes])
    of_findings = _BY_FINDING[rule](np.where(is_normal, 1 - windows, windows))
    return np.where(is_normal, 1 - of_findings, of_findings)
