"""Integrated gradients: what each sample and each metadata value adds on the way from a recording that says nothing.

Sundararajan, Taly, Yan: Axiomatic attribution for deep networks, 2017. The way is straight, and the gradient on it is
summed by the trapezoidal rule: what it has, it keeps when its steps are halved.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecg_model.classifier import WINDOWS_PER_RUN
from ecg_model.errors import IncompleteExplanationError
from ecg_model.explanation.explanation import ClassExplanation
from ecg_model.explanation.runs import Array, Runs
from ecg_model.explanation.seen import Seen
from ecg_model.manifest import ClassSpecification
from ecg_model.recording import FloatArray

GREATEST_ERROR = 0.05
# Of a smaller change a share says nothing.
LEAST_CHANGE = 0.1

FIRST_STEPS = 16


@dataclass(frozen=True, slots=True)
class Integral:
    """What everything in a recording adds to the probability of one class.

    Attributes:
        by_metadata: [feature].
        by_signal: [window, sample, lead]; the windows share the probability, which is their mean.
        baseline_probability: of the recording that says nothing.
        probability: of the recording.
    """

    by_metadata: Array
    by_signal: Array
    baseline_probability: float
    probability: float

    @property
    def completeness_error(self) -> float:
        """By how much the sum misses the change in probability, as a share of that, or of 0.1 where it is less."""
        change = self.probability - self.baseline_probability
        missing = abs(float(self.by_metadata.sum() + self.by_signal.sum()) - change)
        return missing / max(abs(change), LEAST_CHANGE)


def follow_gradients(
    seen: Seen,
    classes: Sequence[int],
    specifications: Sequence[ClassSpecification],
    runs: Runs,
    *,
    include_lead_times: bool,
) -> tuple[ClassExplanation, ...]:
    """Return what speaks for some classes of a recording; each class costs as much.

    Raises:
        GradientsUnavailableError: the network's runtime tells none.
        IncompleteExplanationError: it does not add up, however often the network may be run.
        InvalidOptionsError: the network would have to be run more often than it may.
    """
    runs.refuse_more_than_may_be((FIRST_STEPS + 1) * len(seen.signals) * len(classes))
    explained = []
    for one in classes:
        integral = integrate(seen, one, runs, runs.most_windows // len(classes))
        if integral.completeness_error > GREATEST_ERROR:
            raise IncompleteExplanationError(specifications[one].code, integral.completeness_error, GREATEST_ERROR)
        explained.append(_explanation(one, integral, seen, include_lead_times=include_lead_times))
    return tuple(explained)


def integrate(seen: Seen, output: int, runs: Runs, most_windows: int) -> Integral:
    """Return the integral for one class, as exact as it has to be, or as it can be had.

    Args:
        seen: the recording.
        output: the class.
        runs: the network.
        most_windows: on how many windows it may be run.
    """
    way = _Way(seen, output, runs)
    baseline, told = way.probabilities_at(np.array([0.0, 1.0]), weight=0.5).tolist()
    steps = 1
    while True:
        way.probabilities_at((np.arange(steps) + 0.5) / steps, weight=1.0)
        steps *= 2
        integral = way.integral(steps, baseline, told)
        is_exact = steps >= FIRST_STEPS and integral.completeness_error <= GREATEST_ERROR
        if is_exact or (2 * steps + 1) * len(seen.signals) > most_windows:
            return integral


class _Way:
    """The straight way to a recording, and the gradient summed over some points of it."""

    def __init__(self, seen: Seen, output: int, runs: Runs) -> None:
        self._seen = seen
        self._output = output
        self._runs = runs
        self._by_metadata = np.zeros(seen.metadata.shape)
        self._by_signal = np.zeros(seen.signals.shape)

    def probabilities_at(self, shares: Array, weight: float) -> Array:
        """Return the probability at points, by the share of the way that leads there; add up the gradient in them."""
        told = np.zeros((len(shares), len(self._seen.signals)))
        places = list(np.ndindex(told.shape))
        for first in range(0, len(places), WINDOWS_PER_RUN):
            points, windows = map(list, zip(*places[first : first + WINDOWS_PER_RUN], strict=True))
            metadata, signals = self._inputs(shares[points].astype(np.float32), windows)
            told[points, windows], by_metadata, by_signal = self._runs.gradients(metadata, signals, self._output)
            self._by_metadata += weight * by_metadata.sum(axis=0)
            np.add.at(self._by_signal, windows, weight * by_signal)
        means: Array = told.mean(axis=1)
        return means

    def _inputs(self, shares: FloatArray, windows: list[int]) -> tuple[FloatArray, FloatArray]:
        seen = self._seen
        metadata = seen.unknown + shares[:, np.newaxis] * (seen.metadata - seen.unknown)
        return metadata, shares[:, np.newaxis, np.newaxis] * seen.signals[windows]

    def integral(self, steps: int, baseline: float, told: float) -> Integral:
        """Return the integral, when the way has been gone in so many steps."""
        scale = 1 / (steps * len(self._seen.signals))
        by_metadata = scale * self._by_metadata * (self._seen.metadata - self._seen.unknown)
        by_signal = scale * self._by_signal * self._seen.signals
        return Integral(by_metadata, by_signal, baseline, told)


def _explanation(one: int, integral: Integral, seen: Seen, *, include_lead_times: bool) -> ClassExplanation:
    by_segment = np.zeros((len(seen.segments), seen.signals.shape[-1]))
    np.add.at(by_segment, seen.segment_of, integral.by_signal)
    return ClassExplanation(
        place=one,
        probability=integral.probability,
        leads=tuple(by_segment.sum(axis=0).tolist()),
        segments=tuple(by_segment.sum(axis=1).tolist()),
        metadata=tuple(integral.by_metadata[list(seen.known)].tolist()),
        lead_segments=tuple(map(tuple, by_segment.T.tolist())) if include_lead_times else (),
        baseline_probability=integral.baseline_probability,
        completeness_error=integral.completeness_error,
    )
