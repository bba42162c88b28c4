"""Where an infarction is, as PTB-XL's statements say, and which leads look there."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from ecg_evaluation.arrays import Flags, Floats, Weights
from ecg_evaluation.ranking import roc_auc, threshold_curve
from ecg_model.recording import STANDARD_LEADS, LeadName


@dataclass(frozen=True, slots=True)
class Wall:
    """A wall of the heart.

    Attributes:
        name: in words.
        statements: those of PTB-XL that see an infarction or an injury there, with its neighbours or not.
        leads: those that look there.
    """

    name: str
    statements: frozenset[str]
    leads: tuple[LeadName, ...]

    @property
    def is_lead(self) -> Flags:
        """Whether each of the twelve leads looks there [lead]."""
        return np.array([name in self.leads for name in STANDARD_LEADS])


ANTERIOR = Wall(
    "anterior",
    frozenset({"AMI", "ASMI", "ALMI", "INJAS", "INJAL"}),
    (LeadName.V1, LeadName.V2, LeadName.V3, LeadName.V4),
)
INFERIOR = Wall(
    "inferior",
    frozenset({"IMI", "ILMI", "IPMI", "IPLMI", "INJIN", "INJIL"}),
    (LeadName.II, LeadName.III, LeadName.AVF),
)
WALLS = (ANTERIOR, INFERIOR)


def wall_of(statements: Collection[str]) -> Wall | None:
    """Return the one wall that a recording's statements name; None: none, or both."""
    named = [wall for wall in WALLS if wall.statements.intersection(statements)]
    return named[0] if len(named) == 1 else None


def wall_areas(changes: Floats, wall: Wall) -> Floats:
    """Return, for each recording, the share of pairs of a lead of the wall and another in which the wall's says more.

    Args:
        changes: what each of the twelve leads says for MI [recording, lead].
        wall: the wall.
    """
    own, others = changes[:, wall.is_lead, np.newaxis], changes[:, np.newaxis, ~wall.is_lead]
    areas: Floats = ((own > others) + 0.5 * (own == others)).mean(axis=(1, 2))
    return areas


def is_greatest_of_wall(changes: Floats, wall: Wall) -> Flags:
    """Return, for each recording, whether the lead that says most for MI is one of the wall."""
    greatest: Flags = wall.is_lead[changes.argmax(axis=1)]
    return greatest


def contrast_auc(changes: Floats, is_anterior: Flags, weights: Weights) -> Floats:
    """Return how well anterior and inferior infarctions are told apart by what their leads say [weighting]."""
    contrast = changes[:, ANTERIOR.is_lead].mean(axis=1) - changes[:, INFERIOR.is_lead].mean(axis=1)
    return roc_auc(threshold_curve(is_anterior, contrast, weights))
