"""What a measurement of signal quality found: plain frozen dataclasses, written to `quality.json`.

Shares and areas are from 0 to 1. None stands for a figure that does not exist, or that too few recordings would carry.
"""

from dataclasses import dataclass

from ecg_evaluation.figures import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUsed:
    """What was measured on: recordings of PTB-XL, labelled or not.

    Attributes:
        chosen_on: folds on whose clean recordings the thresholds were chosen.
        checked_on: folds that had no part in that.
        recordings: of `chosen_on`, of `checked_on`.
        clean: those of them of which no column notes a fault.
        resamples: how often patients were drawn anew for the intervals.
        seed: what everything random followed from.
    """

    chosen_on: tuple[int, ...]
    checked_on: tuple[int, ...]
    recordings: tuple[int, int]
    clean: tuple[int, int]
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanFigures:
    """One fault in clean recordings: the figure of a recording's worst lead, and how often it is said.

    Attributes:
        code: the warning's name.
        unit: of the figures; "" for a pure number.
        warns_from: threshold of the warning.
        unusable_from: threshold from which on a lead is masked; None: there is none.
        median: of the recordings of `DataUsed.chosen_on`.
        percentile_99: likewise.
        percentile_99_9: likewise.
        greatest: likewise.
        warned: share of the recordings of `chosen_on` that are warned of.
        warned_checked: likewise of `checked_on`.
        masked: recordings, clean or not, of all folds, that lose a lead by this fault.
    """

    code: str
    unit: str
    warns_from: float
    unusable_from: float | None
    median: float
    percentile_99: float
    percentile_99_9: float
    greatest: float
    warned: float
    warned_checked: Estimate | None
    masked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedFigures:
    """How the recordings in which PTB-XL notes a fault differ from clean ones, in one measured fault.

    Attributes:
        column: where PTB-XL notes it.
        code: the name of the warning whose figure is looked at.
        recordings: that are noted, of all folds.
        with_leads: those whose note names leads.
        auc: of the worst lead's figure, noted against clean recordings of all folds.
        auc_checked: likewise, of `DataUsed.checked_on` alone.
        lead_auc: of the figures of the leads that are named against those of all leads of clean recordings.
        warned: share of the noted recordings that are warned of by this code.
    """

    column: str
    code: str
    recordings: int
    with_leads: int
    auc: Estimate | None
    auc_checked: Estimate | None
    lead_auc: float | None
    warned: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageFigures:
    """How well one damage is found in the clean recordings of `DataUsed.checked_on`, on each of which it was inflicted.

    Attributes:
        damage: its kind.
        strength: how much of it.
        code: the name of the warning it should bring.
        auc: of the figure of the damaged lead (the worst of several), against the same lead before.
        warned: share in which a damaged lead is warned of by that code.
        masked: share in which a damaged lead is unusable.
    """

    damage: str
    strength: str
    code: str
    auc: Estimate | None
    warned: float
    masked: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmlessFigures:
    """How often clean recordings of `DataUsed.checked_on` are warned of after a change that should bring no warning.

    Attributes:
        change: what was done.
        warned: share that is warned of, by any code.
        codes: the share of each code that occurs.
    """

    change: str
    warned: Estimate | None
    codes: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigures:
    """Everything a measurement tells.

    Attributes:
        data: what was measured on.
        software: versions.
        clean: each fault in clean recordings.
        any_warned: share of the clean recordings of `DataUsed.chosen_on` that get any warning of quality, on any lead.
        any_warned_checked: likewise of `checked_on`.
        noted: what PTB-XL notes.
        damages: what was inflicted.
        harmless: what should bring no warning.
    """

    data: DataUsed
    software: dict[str, str]
    clean: tuple[CleanFigures, ...]
    any_warned: float
    any_warned_checked: Estimate | None
    noted: tuple[NotedFigures, ...]
    damages: tuple[DamageFigures, ...]
    harmless: tuple[HarmlessFigures, ...]
