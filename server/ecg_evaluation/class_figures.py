"""The figures of each class and their mean, with intervals, of any set of recordings."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from ecg_evaluation.arrays import Flags, Floats, Integers, Weights
from ecg_evaluation.decisions import DecisionRates, decision_rates, find
from ecg_evaluation.figures import MACRO, DecisionFigures, Estimate, RankingFigures
from ecg_evaluation.ranking import average_precision, roc_auc, threshold_curve
from ecg_evaluation.resampling import estimate

FEWEST = 10
"""With fewer recordings that show a class, or that do not, figures would say more of those few than of the model."""

# Weightings at a time: their running sums over a fold stay in a core's cache, which takes half the time and no memory.
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Recordings with what they show and what was said of them.

    Attributes:
        class_codes: the classes.
        labels: what the recordings show, shape [recording, class].
        probabilities: what was said, 0 to 1, likewise.
        weights: how often each recording counts, shape [1 + resample, recording]; see `ecg_evaluation.resampling`. In
            the first row 1, or 0 for a recording that is left out there.
    """

    class_codes: tuple[str, ...]
    labels: Flags
    probabilities: Floats
    weights: Weights

    def subset(self, kept: Flags) -> Self:
        """Return the recordings that are kept, a flag for each, in the same resamples."""
        return replace(
            self, labels=self.labels[kept], probabilities=self.probabilities[kept], weights=self.weights[:, kept]
        )

    @property
    def counts(self) -> tuple[Integers, Integers]:
        """How many recordings show each class, and how many do not, shape [class] each."""
        counted = self.labels[self.weights[0] > 0]
        return counted.sum(axis=0), (~counted).sum(axis=0)

    @property
    def is_carried(self) -> Flags:
        """Which classes enough recordings show, and enough do not, to tell figures of them, shape [class]."""
        enough: Flags = np.minimum(*self.counts) >= FEWEST
        return enough


def ranking_figures(outcomes: Outcomes) -> tuple[RankingFigures, ...]:
    """Return AUC and AUPRC of each class, then of MACRO."""
    areas, precisions = _ranking(outcomes)
    positives, negatives = outcomes.counts
    return (
        *(
            RankingFigures(
                class_code=code,
                positives=int(positives[index]),
                negatives=int(negatives[index]),
                auc=estimate(areas[:, index]),
                auprc=estimate(precisions[:, index]),
            )
            for index, code in enumerate(outcomes.class_codes)
        ),
        RankingFigures(class_code=MACRO, auc=_macro(areas), auprc=_macro(precisions)),
    )


def aucs(outcomes: Outcomes) -> Floats:
    """Return the AUC of each class in each weighting, shape [1 + resample, class]; NaN where there is none."""
    return _ranking(outcomes)[0]


def macro_aucs(outcomes: Outcomes) -> Floats:
    """Return the macro-AUC in each weighting, shape [1 + resample]; NaN where a class has none."""
    macro: Floats = aucs(outcomes).mean(axis=1)
    return macro


def sensitivities(outcomes: Outcomes, thresholds: tuple[float, ...]) -> Floats:
    """Return the sensitivity for each class in each weighting, shape [1 + resample, class]; NaN where there is none."""
    return _rates(outcomes, thresholds).sensitivity


def decision_figures(outcomes: Outcomes, thresholds: tuple[float, ...]) -> tuple[DecisionFigures, ...]:
    """Return F1, sensitivity and specificity of each class at its threshold, then of MACRO."""
    rates = _rates(outcomes, thresholds)
    f1, sensitivity, specificity = rates.f1, rates.sensitivity, rates.specificity
    return (
        *(
            DecisionFigures(
                class_code=code,
                threshold=thresholds[index],
                f1=estimate(f1[:, index]),
                sensitivity=estimate(sensitivity[:, index]),
                specificity=estimate(specificity[:, index]),
            )
            for index, code in enumerate(outcomes.class_codes)
        ),
        DecisionFigures(
            class_code=MACRO, f1=_macro(f1), sensitivity=_macro(sensitivity), specificity=_macro(specificity)
        ),
    )


def _rates(outcomes: Outcomes, thresholds: tuple[float, ...]) -> DecisionRates:
    rates = decision_rates(outcomes.labels, find(outcomes.probabilities, thresholds), outcomes.weights)
    carried = outcomes.is_carried
    return DecisionRates(
        *(np.where(carried, each, np.nan) for each in (rates.f1, rates.sensitivity, rates.specificity))
    )


def _ranking(outcomes: Outcomes) -> tuple[Floats, Floats]:
    """Return AUC and average precision, each of shape [1 + resample, class]; NaN for a class that few carry."""
    areas = np.full((len(outcomes.weights), len(outcomes.class_codes)), np.nan)
    precisions = areas.copy()
    for index in np.flatnonzero(outcomes.is_carried):
        labels, probabilities = outcomes.labels[:, index], outcomes.probabilities[:, index]
        for start in range(0, len(outcomes.weights), _BLOCK):
            block = slice(start, start + _BLOCK)
            curve = threshold_curve(labels, probabilities, outcomes.weights[block])
            areas[block, index], precisions[block, index] = roc_auc(curve), average_precision(curve)
    return areas, precisions


def _macro(figures: Floats) -> Estimate | None:
    return estimate(figures.mean(axis=1))
