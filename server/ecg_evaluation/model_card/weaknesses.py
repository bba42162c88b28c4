"""Where a model is measurably worse than overall."""

from collections.abc import Iterator

from ecg_evaluation.evaluation import Evaluation
from ecg_evaluation.figures import Estimate
from ecg_evaluation.tables import figure, group_name, interval


def worst_class(evaluation: Evaluation) -> str:
    """Return, in words, the class with the lowest AUC."""
    areas = {one.class_code: one.auc for one in evaluation.ranking if one.auc is not None}
    if not areas:
        return "too few recordings to tell the worst class."
    code, area = min(areas.items(), key=lambda entry: entry[1].value)
    return f"the class with the lowest AUC is {code}, {interval(area)}."


def weak_groups(evaluation: Evaluation) -> list[str]:
    """Return, in words, each AUC and sensitivity of a group whose interval lies below the figure of all recordings."""
    return [
        f"{what}, {group}: {interval(measured)}, against {figure(overall.value)} overall"
        for what, group, measured, overall in _comparisons(evaluation)
        if measured.high < overall.value
    ]


def comparison_count(evaluation: Evaluation) -> int:
    """Return how many figures of groups were compared."""
    return sum(1 for _ in _comparisons(evaluation))


def _comparisons(evaluation: Evaluation) -> Iterator[tuple[str, str, Estimate, Estimate]]:
    for group in evaluation.groups:
        for measured, overall in zip(group.ranking, evaluation.ranking, strict=True):
            if measured.auc is not None and overall.auc is not None:
                yield f"AUC of {measured.class_code}", group_name(group), measured.auc, overall.auc
        for decided, usual in zip(group.decisions, evaluation.active_point.classes, strict=True):
            if decided.sensitivity is not None and usual.sensitivity is not None:
                yield f"sensitivity for {decided.class_code}", group_name(group), decided.sensitivity, usual.sensitivity
