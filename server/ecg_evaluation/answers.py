"""What a served model answers, whichever way it was asked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from ecg_client.recording import Recording
from ecg_evaluation.arrays import Flags, Floats
from ecg_evaluation.evaluation import ModelUsed

ABSTENTION_REASONS = ("UNCERTAIN", "UNFAMILIAR")


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one recording.

    Attributes:
        probabilities: calibrated, one for each class, 0 to 1.
        uncertainty: 0 to 1; None where the model tells none.
        abstentions: why the model does not stand by its findings: some of `ABSTENTION_REASONS`.
    """

    probabilities: tuple[float, ...]
    uncertainty: float | None
    abstentions: frozenset[str]


@dataclass(frozen=True, slots=True)
class ServedPoint:
    """An operating point: its name, how its thresholds were chosen, one for each class, and whether it is served."""

    name: str
    description: str
    thresholds: tuple[float, ...]
    is_active: bool


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that can be asked.

    Attributes:
        used: which one it is.
        operating_points: all it has; one is active.
        answer: yields one answer for each recording, in order; None for a recording that it refuses.
    """

    used: ModelUsed
    operating_points: tuple[ServedPoint, ...]
    answer: Callable[[Iterable[Recording]], Iterator[Answer | None]]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to many recordings.

    Attributes:
        probabilities: shape [recording, class]; NaN for a recording that was refused.
        uncertainty: shape [recording]; NaN where there is none.
        abstentions: shape [recording, reason], in the order of `ABSTENTION_REASONS`.
    """

    probabilities: Floats
    uncertainty: Floats
    abstentions: Flags

    @property
    def is_answered(self) -> Flags:
        """Which recordings were not refused, shape [recording]."""
        answered: Flags = np.all(np.isfinite(self.probabilities), axis=1)
        return answered

    def subset(self, kept: Flags) -> Self:
        """Return the answers to the recordings that are kept, a flag for each."""
        return type(self)(self.probabilities[kept], self.uncertainty[kept], self.abstentions[kept])


def collect(answers: Iterable[Answer | None], class_count: int) -> Answers:
    """Return answers as arrays."""
    refused = Answer((np.nan,) * class_count, None, frozenset())
    given = [refused if answer is None else answer for answer in answers]
    return Answers(
        probabilities=np.array([one.probabilities for one in given], dtype=np.float64).reshape(-1, class_count),
        uncertainty=np.array([np.nan if one.uncertainty is None else one.uncertainty for one in given]),
        abstentions=np.array([[reason in one.abstentions for reason in ABSTENTION_REASONS] for one in given]),
    )
