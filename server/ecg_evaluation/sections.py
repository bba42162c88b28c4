"""What an evaluation found, in words and tables: the parts that the report and the model card share."""

from ecg_evaluation.calibration_error import BINS, DRAWS
from ecg_evaluation.class_figures import FEWEST
from ecg_evaluation.cross_fitting import PARTS
from ecg_evaluation.evaluation import Evaluation, StageLeak
from ecg_evaluation.tables import (
    DASH,
    abstention_table,
    calibration_table,
    class_table,
    counted,
    coverage_table,
    decision_table,
    figure,
    fold_names,
    group_auc_table,
    group_calibration_table,
    group_decision_table,
    interval,
    metadata_table,
    percent,
    signed_interval,
    stage_table,
)


def paragraphs(*parts: str) -> str:
    """Return parts with an empty line between them."""
    return "\n\n".join(part for part in parts if part)


def data_section(evaluation: Evaluation) -> str:
    """Return what was measured on, and by which rule."""
    data = evaluation.data
    return paragraphs(
        f"PTB-XL fold {fold_names(data.folds)} at 100 Hz: {data.recordings} recordings of {data.patients} patients. "
        f"Left out: {data.unlabelled} recordings none of whose statements is diagnostic. "
        f"Refused by the model: {counted(data.refusals) or 'none'}.",
        "A recording shows a class when any of its statements is diagnostic and of that class, whatever its "
        "likelihood. The model is told age, sex, height, weight and pacemaker as far as the data know them, and never "
        "an infarction stage.",
        f"In brackets: 95 % bootstrap intervals, from {data.resamples} resamples of patients (seed {data.seed}). "
        f"Macro is the mean over the classes. `{DASH}` stands where fewer than {FEWEST} recordings show the class, or "
        "fewer do not: a figure would say more of those few than of the model.",
    )


def figures_section(evaluation: Evaluation) -> str:
    """Return the figures of each class at the active operating point."""
    point = evaluation.active_point
    return paragraphs(
        f"Operating point `{point.name}`: {point.description}",
        class_table(evaluation.ranking, point.classes),
    )


def operating_points_section(evaluation: Evaluation) -> str:
    """Return what each operating point gives."""
    parts = (
        paragraphs(
            f"`{point.name}`{' (served)' if point.is_active else ''}: {point.description}",
            decision_table(point.classes),
        )
        for point in evaluation.operating_points
    )
    return paragraphs(*parts)


def calibration_section(evaluation: Evaluation) -> str:
    """Return the calibration error of each class, and how to read it."""
    return paragraphs(
        f"Expected calibration error over {BINS} bins of equal mass. Beside it, what a perfectly calibrated model with "
        f"the same probabilities would score, from {DRAWS} simulated sets of labels with the interval that holds 95 % "
        f"of them. Cross-fitted: the calibration is fitted anew on the fold's other patients, in {PARTS} parts; on the "
        "fold that the shipped calibration was fitted on, that is the honest figure.",
        calibration_table(evaluation.calibration),
    )


def metadata_section(evaluation: Evaluation) -> str:
    """Return the AUC with the metadata in the data, with none, and with the infarction stages too."""
    return paragraphs(
        "AUC of the same recordings when the model is told more or less of the patients; changes are against the first "
        "row, in the same resamples. A model that ignores infarction stages changes nothing when it is told them.",
        metadata_table(evaluation),
    )


def stage_section(evaluation: Evaluation) -> str:
    """Return how much the infarction stages give away."""
    leak = evaluation.stage_leaks[0]
    return paragraphs(
        "PTB-XL's infarction stage was noted by the physician who wrote the diagnosis. Whether one is noted tells MI "
        f"by itself: in fold {fold_names(leak.folds)} that fact alone has an AUC of {figure(stage_auc(leak))}.",
        stage_table(evaluation),
    )


def stage_auc(leak: StageLeak) -> float | None:
    """Return the AUC for MI of nothing but whether a stage is noted: the mean of its sensitivity and specificity."""
    infarctions = leak.staged_infarctions + leak.unstaged_infarctions
    others = leak.staged + leak.unstaged - infarctions
    if not infarctions or not others:
        return None
    return (leak.staged_infarctions / infarctions + (leak.unstaged - leak.unstaged_infarctions) / others) / 2


def uncertainty_section(evaluation: Evaluation) -> str:
    """Return how well the uncertainty orders errors, and how often the model abstains."""
    uncertainty = evaluation.uncertainty
    if uncertainty is None:
        return "The model tells no uncertainty."
    answered = uncertainty.answered
    return paragraphs(
        f"Area under the risk–coverage curve (risk: the share of wrong class decisions at the operating point "
        f"`{evaluation.active_point.name}`; less is better): {interval(uncertainty.area, 4)}. Recordings in the order "
        f"of their errors would give {figure(uncertainty.perfect_area, 4)}, in no order "
        f"{figure(uncertainty.random_area, 4)}.",
        coverage_table(uncertainty),
        "Changes are against answering all; the most certain recordings are chosen anew in every resample.",
        "The model does not stand by its findings:",
        abstention_table(uncertainty),
        f"On the {answered.recordings} recordings ({percent(answered.coverage)}) where it does, macro-AUC is "
        f"{interval(answered.macro_auc)}, a change of {signed_interval(answered.macro_auc_change)}, and "
        f"{percent(answered.risk)} of class decisions are wrong.",
    )


def groups_section(evaluation: Evaluation) -> str:
    """Return AUC, sensitivity, specificity and calibration error in each group."""
    return paragraphs(
        "AUC. A signal fault is `noted` where PTB-XL notes it for any lead.",
        group_auc_table(evaluation),
        f"Sensitivity / specificity at the operating point `{evaluation.active_point.name}`.",
        group_decision_table(evaluation),
        f"Calibration error as served, the mean over all classes, where at least {FEWEST} recordings of a group show "
        f"each class and at least {FEWEST} do not.",
        group_calibration_table(evaluation),
    )
