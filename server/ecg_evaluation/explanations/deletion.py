"""What is left of a probability while parts of a recording are deleted, one after the other."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ecg_evaluation.arrays import Floats, Integers
from ecg_model.classifier import WINDOWS_PER_RUN
from ecg_model.explanation.parts import Part, without
from ecg_model.explanation.runs import Runs
from ecg_model.explanation.seen import Seen
from ecg_model.recording import FloatArray


def lead_deletions(seen: Seen, order: Sequence[int]) -> FloatArray:
    """Return the first window with ever more leads at 0 mV, in this order [1 + lead, sample, lead]."""
    steps = np.repeat(seen.signals[:1], len(order) + 1, axis=0)
    for step, lead in enumerate(order, start=1):
        steps[step:, :, lead] = 0
    return steps


def time_deletions(seen: Seen, order: Sequence[int]) -> FloatArray:
    """Return the first window with ever more half seconds bridged, in this order [1 + segment, sample, lead]."""
    steps = [seen.signals[0]]
    rank = np.empty(len(order), dtype=np.intp)
    rank[list(order)] = np.arange(len(order))
    for count in range(1, len(order) + 1):
        # The same as one half second, of which all that were deleted are a part.
        gone = np.where(rank[seen.segment_of] < count, 0, 1)
        steps.append(without(Part(segment=0), replace(seen, segment_of=gone), 0)[1])
    return np.stack(steps)


def left_of(steps: FloatArray, seen: Seen, output: int, runs: Runs) -> float:
    """Return the share of a class's probability that is left, the mean over the steps."""
    told: Floats = np.concatenate(
        [
            runs.probabilities(np.repeat(seen.metadata[np.newaxis], len(some), axis=0), some)[:, output].astype(
                np.float64
            )
            for some in (steps[first : first + WINDOWS_PER_RUN] for first in range(0, len(steps), WINDOWS_PER_RUN))
        ]
    )
    return float(told[1:].mean() / told[0])


def orders(changes: Sequence[float], random: np.random.Generator) -> dict[str, Integers]:
    """Return in which order parts are deleted: those that speak for the class first, last, and at random."""
    first = np.argsort(-np.array(changes), kind="stable")
    return {"first": first, "random": random.permutation(len(first)), "last": first[::-1]}
