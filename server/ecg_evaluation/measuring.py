"""From a fold and a model that can be asked to everything an evaluation tells."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from ecg_evaluation.answers import Answers, ServedModel, collect
from ecg_evaluation.calibration_figures import calibration_figures
from ecg_evaluation.class_figures import Outcomes, decision_figures, macro_aucs, ranking_figures
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import DataUsed, Evaluation
from ecg_evaluation.figures import GroupFigures, MetadataFigures, OperatingPointFigures
from ecg_evaluation.fold import Fold
from ecg_evaluation.groups import groupings_of
from ecg_evaluation.metadata_variants import AS_IN_DATA, METADATA_VARIANTS
from ecg_evaluation.resampling import estimate, resample_weights
from ecg_evaluation.stage_leak import measure_stage_leaks
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
    """A fold with all that was said of it, in which no recording was refused.

    Attributes:
        fold: the recordings.
        answers: to each of them, by what was known of the patients.
        outcomes: what was said with the metadata in the data, beside the labels.
    """

    fold: Fold
    answers: Mapping[str, Answers]
    outcomes: Outcomes


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
        data=_data_used(fold, measured, settings),
        software={"python": platform.python_version(), **{name: version(name) for name in _SOFTWARE}},
        ranking=ranking_figures(measured.outcomes),
        operating_points=_operating_points(measured.outcomes, model),
        calibration=calibration_figures(measured.outcomes, measured.fold.patients(), settings.seed),
        groups=_groups(measured, active.thresholds),
        metadata=_metadata(measured),
        uncertainty=uncertainty_figures(measured.outcomes, measured.answers[AS_IN_DATA], active.thresholds),
        stage_leaks=measure_stage_leaks(fold.folder, fold.folds),
    )


def _ask(fold: Fold, model: ServedModel, on_progress: Callable[[str], None]) -> dict[str, Answers]:
    answers = {}
    for name, known in METADATA_VARIANTS.items():
        on_progress(f"asking about {len(fold.rows)} recordings, metadata: {name}")
        answers[name] = collect(model.answer(fold.recordings(known)), len(model.used.class_codes))
    return answers


def _measured(fold: Fold, answers: Mapping[str, Answers], model: ServedModel, settings: EvaluationSettings) -> Measured:
    """Leave out what was refused, so that every figure is of the same recordings."""
    answered = np.all([one.is_answered for one in answers.values()], axis=0)
    if not answered.any():
        raise EvaluationError(
            "the model refused every recording: it may take another sample rate or length than PTB-XL"
        )
    kept = fold.subset(answered)
    kept_answers = {name: one.subset(answered) for name, one in answers.items()}
    outcomes = Outcomes(
        class_codes=model.used.class_codes,
        labels=kept.labels(model.used.class_codes),
        probabilities=kept_answers[AS_IN_DATA].probabilities,
        weights=resample_weights(kept.patients(), settings.resamples, settings.seed),
    )
    return Measured(kept, kept_answers, outcomes)


def _data_used(asked: Fold, measured: Measured, settings: EvaluationSettings) -> DataUsed:
    return DataUsed(
        folds=asked.folds,
        recordings=len(measured.fold.rows),
        patients=len(np.unique(measured.fold.patients())),
        unlabelled=asked.unlabelled,
        refused=len(asked.rows) - len(measured.fold.rows),
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


def _groups(measured: Measured, thresholds: tuple[float, ...]) -> tuple[GroupFigures, ...]:
    return tuple(
        GroupFigures(
            column=grouping.column,
            value=value,
            recordings=int(members.sum()),
            ranking=ranking_figures(measured.outcomes.subset(members)),
            decisions=decision_figures(measured.outcomes.subset(members), thresholds),
        )
        for grouping in groupings_of(measured.fold)
        for value, members in grouping.groups()
    )


def _metadata(measured: Measured) -> tuple[MetadataFigures, ...]:
    usual = measured.outcomes
    usual_aucs = macro_aucs(usual)
    return tuple(
        MetadataFigures(
            metadata=name,
            ranking=ranking_figures(replace(usual, probabilities=answers.probabilities)),
            macro_auc_change=estimate(macro_aucs(replace(usual, probabilities=answers.probabilities)) - usual_aucs),
            greatest_probability_change=round(float(np.abs(answers.probabilities - usual.probabilities).max()), 6),
        )
        for name, answers in measured.answers.items()
    )
