"""Markdown tables of figures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from ecg_evaluation.evaluation import CalibrationFigures, Evaluation, UncertaintyFigures
from ecg_evaluation.figures import MACRO, CalibrationError, DecisionFigures, Estimate, GroupFigures, RankingFigures

DASH = "–"
Value = TypeVar("Value", int, float)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; its first column holds names."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(value: float | None, decimals: int = 3) -> str:
    """Return a figure as text; a dash for none."""
    return DASH if value is None else f"{value:.{decimals}f}"


def percent(share: float) -> str:
    """Return a share as percent."""
    return f"{share:.1%}".replace("%", " %")


def interval(estimate: Estimate | None, decimals: int = 3) -> str:
    """Return a figure with its interval as text; a dash for none."""
    if estimate is None:
        return DASH
    value, low, high = (figure(number, decimals) for number in (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low}–{high})"


def counted(counts: Mapping[str, int]) -> str:
    """Return how many there are of each name, such as "3 LEAD_MISSING, 1 SAMPLE_NOT_FINITE"."""
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _blank_without(value: Value | None, as_text: Callable[[Value], str]) -> str:
    """Return a value as text; nothing where there can be none, as a threshold of the mean over classes."""
    return "" if value is None else as_text(value)


def class_table(ranking: Sequence[RankingFigures], decisions: Sequence[DecisionFigures]) -> str:
    """Return all figures of each class at one operating point."""
    rows = (
        (
            ranked.class_code,
            _blank_without(ranked.positives, str),
            interval(ranked.auc),
            interval(ranked.auprc),
            _blank_without(decided.threshold, figure),
            interval(decided.f1),
            interval(decided.sensitivity),
            interval(decided.specificity),
        )
        for ranked, decided in zip(ranking, decisions, strict=True)
    )
    return table(("class", "with it", "AUC", "AUPRC", "threshold", "F1", "sensitivity", "specificity"), rows)


def decision_table(decisions: Sequence[DecisionFigures]) -> str:
    """Return what the thresholds of an operating point give."""
    rows = (
        (
            one.class_code,
            _blank_without(one.threshold, figure),
            interval(one.sensitivity),
            interval(one.specificity),
            interval(one.f1),
        )
        for one in decisions
    )
    return table(("class", "threshold", "sensitivity", "specificity", "F1"), rows)


def calibration_table(classes: Sequence[CalibrationFigures]) -> str:
    """Return the calibration error of each class beside that of a perfectly calibrated model."""
    rows = ((one.class_code, *_error_and_perfect(one.served), *_error_and_perfect(one.cross_fitted)) for one in classes)
    return table(("class", "as served", "perfect would score", "cross-fitted", "perfect would score"), rows)


def _error_and_perfect(calibration: CalibrationError | None) -> tuple[str, str]:
    if calibration is None:
        return DASH, DASH
    return figure(calibration.error), interval(calibration.perfect)


def group_auc_table(evaluation: Evaluation) -> str:
    """Return the AUC of each class in each group."""
    header = ("group", "recordings", *evaluation.model.class_codes, MACRO)
    return table(
        header,
        (
            (group_name(one), str(one.recordings), *(interval(ranked.auc) for ranked in one.ranking))
            for one in evaluation.groups
        ),
    )


def group_calibration_table(evaluation: Evaluation) -> str:
    """Return the calibration error in each group, the mean over all classes."""
    return table(
        ("group", "recordings", "as served", "perfect would score"),
        (
            (group_name(one), str(one.recordings), *_error_and_perfect(one.calibration))
            for one in evaluation.groups
            if one.calibration is not None
        ),
    )


def group_decision_table(evaluation: Evaluation) -> str:
    """Return sensitivity and specificity of each class in each group."""
    header = ("group", "recordings", *evaluation.model.class_codes, MACRO)
    return table(
        header,
        (
            (group_name(one), str(one.recordings), *(_both_rates(decided) for decided in one.decisions))
            for one in evaluation.groups
        ),
    )


def group_name(group: GroupFigures) -> str:
    """Return a group in words, such as "sex: female"."""
    return f"{group.column.replace('_', ' ')}: {group.value}"


def _both_rates(decided: DecisionFigures) -> str:
    if decided.sensitivity is None or decided.specificity is None:
        return DASH
    return f"{decided.sensitivity.value:.2f} / {decided.specificity.value:.2f}"


def metadata_table(evaluation: Evaluation) -> str:
    """Return the AUC with more and with less known of the patients."""
    header = ("metadata", *evaluation.model.class_codes, MACRO, "change of macro", "greatest change of a probability")
    return table(
        header,
        (
            (
                one.metadata,
                *(figure(None if ranked.auc is None else ranked.auc.value) for ranked in one.ranking[:-1]),
                interval(one.ranking[-1].auc),
                signed_interval(one.macro_auc_change),
                figure(one.greatest_probability_change),
            )
            for one in evaluation.metadata
        ),
    )


def signed_interval(estimate: Estimate | None, decimals: int = 4) -> str:
    """Return a difference with its interval as text."""
    if estimate is None:
        return DASH
    value, low, high = (f"{number:+.{decimals}f}" for number in (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low} to {high})"


def coverage_table(uncertainty: UncertaintyFigures) -> str:
    """Return what remains when only the most certain recordings are answered."""
    return table(
        ("answered", "recordings", "wrong class decisions", "macro-AUC", "change of it"),
        (
            (
                percent(one.coverage),
                str(one.recordings),
                percent(one.risk),
                interval(one.macro_auc),
                signed_interval(one.macro_auc_change),
            )
            for one in uncertainty.coverages
        ),
    )


def abstention_table(uncertainty: UncertaintyFigures) -> str:
    """Return how often the model does not stand by its findings."""
    rows = ((one.reason, str(one.recordings), percent(one.share)) for one in uncertainty.abstentions)
    return table(("reason", "recordings", "share"), rows)


def stage_table(evaluation: Evaluation) -> str:
    """Return how many recordings with and without an infarction stage show MI."""
    rows = (
        (
            fold_names(leak.folds),
            _of(leak.staged_infarctions, leak.staged),
            _of(leak.unstaged_infarctions, leak.unstaged),
        )
        for leak in evaluation.stage_leaks
    )
    return table(("folds", "MI among those with a stage", "MI among those without"), rows)


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} ({percent(part / whole)})" if whole else "0 of 0"


def fold_names(folds: tuple[int, ...]) -> str:
    """Return folds as text, such as "9" or "1, 3"; the first and the last of several in a row."""
    if len(folds) > 1 and folds == tuple(range(folds[0], folds[-1] + 1)):
        return f"{folds[0]}–{folds[-1]}"
    return ", ".join(map(str, folds))
