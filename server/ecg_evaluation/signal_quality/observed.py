"""Figures of the recordings as they are: of the clean ones, and of those in which PTB-XL notes a fault."""

from dataclasses import dataclass

import numpy as np

from ecg_evaluation.arrays import AnyFloats, Flags, Weights
from ecg_evaluation.class_figures import FEWEST
from ecg_evaluation.figures import Estimate
from ecg_evaluation.ranking import auc_per_class, roc_auc, threshold_curve
from ecg_evaluation.resampling import estimate, resample_weights
from ecg_evaluation.signal_quality.assessed import Assessed
from ecg_evaluation.signal_quality.figures import CleanFigures, NotedFigures
from ecg_evaluation.signal_quality.records import Records
from ecg_evaluation.signal_quality.shares import rounded, share
from ecg_model.recording import FloatArray
from ecg_model.signal_quality.criteria import Criterion
from ecg_model.warning import WarningCode

_FIGURE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """All that the figures are computed from.

    Attributes:
        records: of all folds used.
        assessed: their figures.
        checked: which of them are in the folds that had no part in the choice of thresholds.
        resamples: how often patients are drawn anew for the intervals.
        seed: everything random follows from it.
    """

    records: Records
    assessed: Assessed
    checked: Flags
    resamples: int
    seed: int

    def weights(self, chosen: Flags) -> Weights:
        """Return weights of some records, for the figure itself and its resamples [1 + resample, record]."""
        return resample_weights(self.records.patients()[chosen], self.resamples, self.seed)


def clean_figures(measured: Measured, criterion: Criterion) -> CleanFigures:
    """Return one fault in clean recordings."""
    values = measured.assessed.values[criterion.code]
    worst, clean = measured.assessed.worst(criterion.code), measured.records.clean()
    warned = measured.assessed.recordings_warned(criterion.code)
    chosen, checked = clean & ~measured.checked, clean & measured.checked
    median, near, far = np.percentile(worst[chosen], (50, 99, 99.9))
    masked = 0 if criterion.unusable_from is None else int((values >= criterion.unusable_from).any(axis=1).sum())
    return CleanFigures(
        code=criterion.code.name,
        unit=criterion.unit,
        warns_from=criterion.warns_from,
        unusable_from=criterion.unusable_from,
        median=_significant(median),
        percentile_99=_significant(near),
        percentile_99_9=_significant(far),
        greatest=_significant(worst[chosen].max()),
        warned=rounded(warned[chosen].mean()),
        warned_checked=share(warned[checked], measured.weights(checked)),
        masked=masked,
    )


def noted_figures(measured: Measured, column: str, code: WarningCode) -> NotedFigures:
    """Return how recordings in which a column notes something differ from clean ones, in one fault."""
    clean = measured.records.clean()
    noted, named = measured.records.noted_leads(column)
    values, worst = measured.assessed.values[code], measured.assessed.worst(code)
    warned = measured.assessed.recordings_warned(code)
    return NotedFigures(
        column=column,
        code=code.name,
        recordings=int(noted.sum()),
        with_leads=int(named.any(axis=1).sum()),
        auc=_auc(measured, noted, clean, worst),
        auc_checked=_auc(measured, noted & measured.checked, clean & measured.checked, worst),
        lead_auc=_lead_auc(values[named], values[clean].ravel()),
        warned=rounded(warned[noted].mean()) if noted.any() else 0.0,
    )


def _auc(measured: Measured, noted: Flags, clean: Flags, worst: FloatArray) -> Estimate | None:
    if min(noted.sum(), clean.sum()) < FEWEST:
        return None
    used = noted | clean
    return estimate(roc_auc(threshold_curve(noted[used], worst[used], measured.weights(used))))


def _lead_auc(noted: FloatArray, clean: FloatArray) -> float | None:
    if min(len(noted), len(clean)) < FEWEST:
        return None
    labels = np.arange(len(noted) + len(clean)) < len(noted)
    return rounded(auc_per_class(labels[:, np.newaxis], np.concatenate([noted, clean])[:, np.newaxis])[0])


def _significant(value: AnyFloats | np.floating) -> float:
    return float(f"{float(value):.{_FIGURE_DIGITS}g}")
