"""Numbers that were measured several times. Pure functions."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over all rounds.

    Attributes:
        median: the middle of the values.
        minimum: the smallest.
        maximum: the greatest.
        values: one for each round, in order.
    """

    median: float
    minimum: float
    maximum: float
    values: tuple[float, ...]


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of at least one value."""
    return Spread(statistics.median(values), min(values), max(values), tuple(values))


def ratio(over: Spread, under: Spread) -> Spread:
    """Return, round by round, one figure over another of the same rounds."""
    return spread([a / b for a, b in zip(over.values, under.values, strict=True)])


def difference(whole: Spread, part: Spread) -> Spread:
    """Return, round by round, one figure less another of the same rounds."""
    return spread([a - b for a, b in zip(whole.values, part.values, strict=True)])


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of the values that at least so many percent of them do not exceed."""
    ranked = sorted(values)
    rank = -(-len(ranked) * percent // 100)
    return ranked[max(int(rank), 1) - 1]
