"""How good probabilities are beside others of the same recordings. Pure functions."""

from dataclasses import replace

import numpy as np

from ecg_evaluation.arrays import Flags, Floats
from ecg_evaluation.calibration_error import calibration_error
from ecg_evaluation.class_figures import Outcomes, aucs
from ecg_evaluation.recording_forms.findings import Agreement, FormFigures
from ecg_evaluation.resampling import DIGITS, estimate


class Comparison:
    """What other probabilities of the same recordings are compared with.

    Args:
        outcomes: the recordings, and what was said of them; NaN where one was refused.
    """

    def __init__(self, outcomes: Outcomes) -> None:
        self._outcomes = outcomes
        self._usual_aucs: dict[bytes, Floats] = {}

    def figures(self, form: str, rule: str, probabilities: Floats, *, is_served: bool = False) -> FormFigures:
        """Return how good probabilities are, over the recordings that both have.

        Args:
            form: of the recordings, in words.
            rule: what was made of them, in words.
            probabilities: shape [recording, class]; NaN where one was refused.
            is_served: whether the service follows that rule.
        """
        both = _complete(probabilities + self._outcomes.probabilities)
        own = replace(self._outcomes, probabilities=probabilities).subset(both)
        areas, usual = aucs(own), self._usual(both)
        is_answered = bool(both.any())
        changes = areas[0] - usual[0]
        return FormFigures(
            form=form,
            rule=rule,
            is_served=is_served,
            recordings=len(both),
            refused=int((~both).sum()),
            class_aucs=tuple(None if np.isnan(area) else _rounded(area) for area in areas[0]),
            macro_auc=estimate(areas.mean(axis=1)),
            change=estimate(areas.mean(axis=1) - usual.mean(axis=1)),
            greatest_class_loss=_greatest_loss(own.class_codes, changes),
            bias=_rounded(_bias(own)) if is_answered else None,
            calibration_error=_rounded(_calibration_error(own)) if is_answered else None,
        )

    def _usual(self, kept: Flags) -> Floats:
        key = kept.tobytes()
        if key not in self._usual_aucs:
            self._usual_aucs[key] = aucs(self._outcomes.subset(kept))
        return self._usual_aucs[key]


def agreement(form: str, probabilities: Floats, others: Floats) -> Agreement:
    """Return how far probabilities [recording, class] are from others, where neither was refused."""
    distances = np.abs(probabilities - others)[_complete(probabilities + others)]
    return Agreement(
        form=form,
        recordings=len(distances),
        greatest=float(f"{distances.max():.2g}"),
        mean=float(f"{distances.mean():.2g}"),
    )


def _complete(probabilities: Floats) -> Flags:
    complete: Flags = np.isfinite(probabilities.sum(axis=1))
    return complete


def _greatest_loss(class_codes: tuple[str, ...], changes: Floats) -> tuple[str, float] | None:
    if np.isnan(changes).all() or np.nanmin(changes) >= 0:
        return None
    worst = int(np.nanargmin(changes))
    return class_codes[worst], _rounded(changes[worst])


def _bias(outcomes: Outcomes) -> float:
    return float(np.abs(outcomes.probabilities.mean(axis=0) - outcomes.labels.mean(axis=0)).mean())


def _calibration_error(outcomes: Outcomes) -> float:
    columns = zip(outcomes.labels.T, outcomes.probabilities.T, strict=True)
    return float(np.mean([calibration_error(labels, probabilities) for labels, probabilities in columns]))


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)
