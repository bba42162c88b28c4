"""What was found of explanations: plain frozen dataclasses, written to `explanations.json`.

Shares, areas and probabilities are from 0 to 1, correlations from -1 to 1.
"""

from dataclasses import dataclass

from ecg_evaluation.figures import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUsed:
    """What was measured on.

    Attributes:
        fold: of PTB-XL, at 100 Hz.
        model: the model's name and version.
        infarctions: recordings with an infarction of one wall.
        deletions: recordings with a finding, whose parts are deleted.
        randomised: of these, those that are explained by networks with shuffled weights too.
        networks: such networks.
        resamples: how often patients were drawn anew for the intervals.
        seed: what everything random followed from.
    """

    fold: int
    model: str
    infarctions: int
    deletions: int
    randomised: int
    networks: int
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WallFigures:
    """How well the leads that speak for MI are those of the wall.

    Attributes:
        method: how it was found out what speaks for MI.
        wall: "anterior" or "inferior".
        found_only: whether only recordings count in which the model finds MI.
        recordings: how many there are.
        area: share of pairs of a lead of the wall and another lead, in which the wall's speaks more for MI; by chance a
            half.
        greatest: share of recordings in which the lead that speaks most for MI is one of the wall.
        chance: what that would be by chance.
    """

    method: str
    wall: str
    found_only: bool
    recordings: int
    area: Estimate | None
    greatest: Estimate | None
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastFigures:
    """How well anterior and inferior infarctions are told apart by what V1 to V4 say more for MI than II, III and aVF.

    Attributes:
        method: how it was found out.
        found_only: whether only recordings count in which the model finds MI.
        recordings: how many there are.
        area: the area under the ROC curve; by chance a half.
    """

    method: str
    found_only: bool
    recordings: int
    area: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionFigures:
    """What is left of a finding's probability while parts are deleted, one after the other: the mean over all steps.

    Attributes:
        method: how it was found out what speaks for the finding.
        parts: "leads" or "half seconds".
        first: share of the probability that is left when those that speak for it go first.
        random: likewise in random order.
        last: likewise when they go last.
        gain: `random` less `first`: above 0 the explanation knows what matters.
    """

    method: str
    parts: str
    first: Estimate | None
    random: Estimate | None
    last: Estimate | None
    gain: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomisedFigures:
    """How alike the explanations of two networks are: the mean rank correlation of what their parts say.

    Attributes:
        method: how it was found out.
        parts: "leads" or "half seconds".
        same: of the network with itself in the other runtime; None: there is but one.
        randomised: of the network with those of shuffled weights.
        size: the mean size of the latter, whatever its sign.
        size_by_chance: what that would be of ranks drawn at random.
    """

    method: str
    parts: str
    same: Estimate | None
    randomised: Estimate | None
    size: Estimate | None
    size_by_chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessFigures:
    """How exactly integrated gradients add up, and what that costs.

    Attributes:
        explanations: how many there were.
        median: of the completeness error.
        greatest: of those that are told.
        refused: share that would be refused.
        windows: the median of the windows that the network was run on, for one class of one window.
    """

    explanations: int
    median: float
    greatest: float
    refused: float
    windows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FillFigures:
    """What it changes when a half second is taken away: the mean size of the change in probability, over all classes.

    Attributes:
        line: replaced by a straight line.
        zero: replaced by 0 mV.
    """

    line: Estimate | None
    zero: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationFigures:
    """Everything."""

    data: DataUsed
    software: dict[str, str]
    walls: tuple[WallFigures, ...]
    contrasts: tuple[ContrastFigures, ...]
    deletions: tuple[DeletionFigures, ...]
    randomised: tuple[RandomisedFigures, ...]
    completeness: CompletenessFigures
    fill: FillFigures
