"""From a fold and a model that can be asked to everything an evaluation tells."""

import platform
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from ecg_evaluation.calibration_figures import calibration_figures
from ecg_evaluation.class_figures import Outcomes, decision_figures, macro_aucs, ranking_figures
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import DataUsed, Evaluation
from ecg_evaluation.figures import MetadataFigures, OperatingPointFigures
from ecg_evaluation.fold import Fold
from ecg_evaluation.group_figures import group_figures
from ecg_evaluation.groups import groupings_of
from ecg_evaluation.metadata_variants import AS_IN_DATA, METADATA_VARIANTS
from ecg_evaluation.resampling import estimate, resample_weights
from ecg_evaluation.served_model import Refusal, ServedModel, ServedPrediction, ServedPredictions
from ecg_evaluation.stage_leak import measure_stage_leaks
from ecg_evaluation.tables import counted
from ecg_evaluation.uncertainty_figures import uncertainty_figures

_SOFTWARE = ("ecg-classifier", "numpy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """How to evaluate.

    Attributes:
        resamples: how often patients are drawn anew for the intervals.
        seed: everything random follows from it.
    """

    resamples: int = 1000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """The recordings of a fold that were not refused, with all that was said of them.

    Attributes:
        fold: the recordings.
        predictions: for each of them, by what was known of the patients.
        outcomes: what was said with the metadata in the data, beside the labels.
        refusals: how many recordings were refused, by reason.
    """

    fold: Fold
    predictions: Mapping[str, ServedPredictions]
    outcomes: Outcomes
    refusals: dict[str, int]


def evaluate(
    fold: Fold,
    model: ServedModel,
    settings: EvaluationSettings = EvaluationSettings(),
    on_progress: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Ask a model about every recording of a fold, with each kind of metadata, and measure what it says.

    Args:
        fold: the recordings.
        model: what is asked.
        settings: how.
        on_progress: is told in words what is being done.

    Raises:
        EvaluationError: the model tells a class that PTB-XL does not, or refuses every recording.
    """
    fold.labels(model.used.class_codes)  # classes that PTB-XL lacks are told before minutes of work
    measured = _measured(fold, _ask(fold, model, on_progress), model, settings)
    on_progress("computing figures")
    active = next(point for point in model.operating_points if point.is_active)
    return Evaluation(
        model=model.used,
        data=_data_used(measured, settings),
        software={"python": platform.python_version(), **{name: version(name) for name in _SOFTWARE}},
        ranking=ranking_figures(measured.outcomes),
        operating_points=_operating_points(measured.outcomes, model),
        calibration=calibration_figures(measured.outcomes, measured.fold.patients(), settings.seed),
        groups=group_figures(measured.outcomes, groupings_of(measured.fold), active.thresholds, settings.seed),
        metadata=_metadata(measured),
        uncertainty=uncertainty_figures(measured.outcomes, measured.predictions[AS_IN_DATA], active.thresholds),
        stage_leaks=measure_stage_leaks(fold.folder, fold.folds),
    )


def _ask(
    fold: Fold, model: ServedModel, on_progress: Callable[[str], None]
) -> dict[str, list[ServedPrediction | Refusal]]:
    said = {}
    for name, known in METADATA_VARIANTS.items():
        on_progress(f"asking about {len(fold.rows)} recordings, metadata: {name}")
        said[name] = list(model.predict(fold.recordings(known)))
    return said


def _measured(
    fold: Fold,
    said: Mapping[str, Sequence[ServedPrediction | Refusal]],
    model: ServedModel,
    settings: EvaluationSettings,
) -> Measured:
    """Leave out what was refused, with whatever metadata, so that every figure is of the same recordings."""
    refused_for = {
        index: one.reason for each in said.values() for index, one in enumerate(each) if isinstance(one, Refusal)
    }
    refusals = dict(sorted(Counter(refused_for.values()).items()))
    if len(refused_for) == len(fold.rows):
        raise EvaluationError(f"the model refused every recording: {counted(refusals)}")
    kept = fold.subset(np.array([index not in refused_for for index in range(len(fold.rows))]))
    predictions = {
        name: ServedPredictions.of(
            one for index, one in enumerate(each) if index not in refused_for and isinstance(one, ServedPrediction)
        )
        for name, each in said.items()
    }
    outcomes = Outcomes(
        class_codes=model.used.class_codes,
        labels=kept.labels(model.used.class_codes),
        probabilities=predictions[AS_IN_DATA].probabilities,
        weights=resample_weights(kept.patients(), settings.resamples, settings.seed),
    )
    return Measured(kept, predictions, outcomes, refusals)


def _data_used(measured: Measured, settings: EvaluationSettings) -> DataUsed:
    return DataUsed(
        folds=measured.fold.folds,
        recordings=len(measured.fold.rows),
        patients=len(np.unique(measured.fold.patients())),
        unlabelled=measured.fold.unlabelled,
        refusals=measured.refusals,
        resamples=settings.resamples,
        seed=settings.seed,
    )


def _operating_points(outcomes: Outcomes, model: ServedModel) -> tuple[OperatingPointFigures, ...]:
    return tuple(
        OperatingPointFigures(
            name=point.name,
            description=point.description,
            is_active=point.is_active,
            classes=decision_figures(outcomes, point.thresholds),
        )
        for point in model.operating_points
    )


def _metadata(measured: Measured) -> tuple[MetadataFigures, ...]:
    usual = measured.outcomes
    usual_aucs = macro_aucs(usual)
    return tuple(
        MetadataFigures(
            metadata=name,
            ranking=ranking_figures(replace(usual, probabilities=one.probabilities)),
            macro_auc_change=estimate(macro_aucs(replace(usual, probabilities=one.probabilities)) - usual_aucs),
            greatest_probability_change=round(float(np.abs(one.probabilities - usual.probabilities).max()), 6),
        )
        for name, one in measured.predictions.items()
    )
