"""How well the uncertainty orders errors, and how often the model abstains."""

from collections import Counter
from dataclasses import replace

import numpy as np

from ecg_evaluation.arrays import Floats
from ecg_evaluation.class_figures import Outcomes, macro_aucs
from ecg_evaluation.decisions import find
from ecg_evaluation.evaluation import AbstentionFigures, CoverageFigures, UncertaintyFigures
from ecg_evaluation.resampling import DIGITS, estimate
from ecg_evaluation.risk_coverage import keep_most_certain, risk_coverage_areas
from ecg_evaluation.served_model import ServedPredictions

COVERAGES = (1.0, 0.9, 0.8, 0.7)
ANY = "any"


def uncertainty_figures(
    outcomes: Outcomes, predictions: ServedPredictions, thresholds: tuple[float, ...]
) -> UncertaintyFigures | None:
    """Return the figures at some thresholds; None where the model tells no uncertainty."""
    uncertainty, weights = predictions.uncertainty, outcomes.weights
    if np.isnan(uncertainty).any():
        return None
    risk = (outcomes.labels != find(outcomes.probabilities, thresholds)).mean(axis=1)
    usual = macro_aucs(outcomes)
    return UncertaintyFigures(
        area=estimate(risk_coverage_areas(uncertainty, risk, weights)),
        perfect_area=round(float(risk_coverage_areas(risk, risk, weights[:1])[0]), DIGITS),
        random_area=round(float(risk.mean()), DIGITS),
        coverages=tuple(
            _coverage(replace(outcomes, weights=keep_most_certain(uncertainty, share, weights)), risk, usual)
            for share in COVERAGES
        ),
        abstentions=_abstentions(predictions),
        answered=_coverage(replace(outcomes, weights=weights * ~predictions.is_abstained), risk, usual),
    )


def _coverage(kept: Outcomes, risk: Floats, usual: Floats) -> CoverageFigures:
    """Return what remains of recordings in the weights that are left, beside the usual macro-AUCs [1 + resample]."""
    answered = kept.weights[0] > 0
    remaining = macro_aucs(kept)
    return CoverageFigures(
        coverage=round(float(answered.mean()), DIGITS),
        recordings=int(answered.sum()),
        # No mean of nothing: a model that abstains always runs no risk.
        risk=round(float(risk[answered].mean()), DIGITS) if answered.any() else 0.0,
        macro_auc=estimate(remaining),
        macro_auc_change=estimate(remaining - usual),
    )


def _abstentions(predictions: ServedPredictions) -> tuple[AbstentionFigures, ...]:
    counts = Counter(reason for reasons in predictions.abstentions for reason in reasons)
    rows = [*sorted(counts.items()), (ANY, int(predictions.is_abstained.sum()))]
    return tuple(
        AbstentionFigures(reason=reason, recordings=count, share=round(count / len(predictions.abstentions), DIGITS))
        for reason, count in rows
    )
