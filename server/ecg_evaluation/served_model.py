"""A model under evaluation, and what it says, whichever way it is asked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from ecg_client.recording import Recording
from ecg_evaluation.arrays import Flags, Floats
from ecg_evaluation.evaluation import ModelUsed


@dataclass(frozen=True, slots=True)
class ServedPrediction:
    """What is said of one recording.

    Attributes:
        probabilities: calibrated, one for each class, 0 to 1.
        uncertainty: 0 to 1; None where the model tells none.
        abstentions: the reasons, such as "UNCERTAIN", why the model does not stand by its findings; empty: it does.
    """

    probabilities: tuple[float, ...]
    uncertainty: float | None
    abstentions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """That a recording is not classified, and the reason, such as "SAMPLE_RATE_UNSUPPORTED"."""

    reason: str


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
        predict: yields what it says of each recording, in order.
    """

    used: ModelUsed
    operating_points: tuple[ServedPoint, ...]
    predict: Callable[[Iterable[Recording]], Iterator[ServedPrediction | Refusal]]


@dataclass(frozen=True, slots=True)
class ServedPredictions:
    """What is said of many recordings.

    Attributes:
        probabilities: shape [recording, class].
        uncertainty: shape [recording]; NaN where there is none.
        abstentions: of each recording, the reasons.
    """

    probabilities: Floats
    uncertainty: Floats
    abstentions: tuple[frozenset[str], ...]

    @property
    def is_abstained(self) -> Flags:
        """Where the model does not stand by its findings, shape [recording]."""
        return np.array([bool(reasons) for reasons in self.abstentions])

    @classmethod
    def of(cls, predictions: Iterable[ServedPrediction]) -> Self:
        """Return predictions as arrays."""
        given = list(predictions)
        return cls(
            probabilities=np.array([one.probabilities for one in given]),
            uncertainty=np.array([np.nan if one.uncertainty is None else one.uncertainty for one in given]),
            abstentions=tuple(one.abstentions for one in given),
        )
