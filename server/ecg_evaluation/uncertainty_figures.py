"""How well the uncertainty orders errors, and how often the model abstains."""

import numpy as np

from ecg_evaluation.answers import ABSTENTION_REASONS, Answers
from ecg_evaluation.arrays import Flags, Floats
from ecg_evaluation.class_figures import Outcomes, macro_aucs
from ecg_evaluation.decisions import find
from ecg_evaluation.evaluation import AbstentionFigures, CoverageFigures, UncertaintyFigures
from ecg_evaluation.resampling import DIGITS, estimate
from ecg_evaluation.risk_coverage import most_certain, risk_coverage_area

COVERAGES = (1.0, 0.9, 0.8, 0.7)


def uncertainty_figures(
    outcomes: Outcomes, answers: Answers, thresholds: tuple[float, ...]
) -> UncertaintyFigures | None:
    """Return the figures at some thresholds; None where the model tells no uncertainty."""
    uncertainty = answers.uncertainty
    if np.isnan(uncertainty).any():
        return None
    abstained: Flags = np.any(answers.abstentions, axis=1)
    risk = (outcomes.labels != find(outcomes.probabilities, thresholds)).mean(axis=1)
    return UncertaintyFigures(
        area=round(risk_coverage_area(uncertainty, risk), DIGITS),
        perfect_area=round(risk_coverage_area(risk, risk), DIGITS),
        random_area=round(float(risk.mean()), DIGITS),
        coverages=tuple(_coverage(outcomes, risk, most_certain(uncertainty, share)) for share in COVERAGES),
        abstentions=_abstentions(answers.abstentions),
        answered=_coverage(outcomes, risk, np.logical_not(abstained)),
    )


def _coverage(outcomes: Outcomes, risk: Floats, kept: Flags) -> CoverageFigures:
    # No mean of nothing: a model that abstains always runs no risk.
    return CoverageFigures(
        coverage=round(float(kept.mean()), DIGITS),
        recordings=int(kept.sum()),
        risk=round(float(risk[kept].mean()), DIGITS) if kept.any() else 0.0,
        macro_auc=estimate(macro_aucs(outcomes.subset(kept))),
    )


def _abstentions(abstentions: Flags) -> tuple[AbstentionFigures, ...]:
    by_reason = {reason: abstentions[:, index] for index, reason in enumerate(ABSTENTION_REASONS)}
    return tuple(
        AbstentionFigures(reason=reason, recordings=int(flags.sum()), share=round(float(flags.mean()), DIGITS))
        for reason, flags in {**by_reason, "any": abstentions.any(axis=1)}.items()
    )
