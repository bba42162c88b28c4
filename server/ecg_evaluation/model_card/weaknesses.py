"""Where a model is measurably worse than elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from ecg_evaluation.evaluation import Evaluation
from ecg_evaluation.figures import Estimate
from ecg_evaluation.tables import figure, group_name, interval, signed_interval

AUC, SENSITIVITY = "AUC", "sensitivity"
LISTED = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of one class, in a group of recordings against all others.

    Attributes:
        name: AUC or SENSITIVITY.
        where: the class and the group, in words.
        value: in the group.
        difference: that less the figure of all other recordings.
    """

    name: str
    where: str
    value: Estimate
    difference: Estimate


def worst_class(evaluation: Evaluation) -> str:
    """Return, in words, the class with the lowest AUC."""
    areas = {one.class_code: one.auc for one in evaluation.ranking if one.auc is not None}
    if not areas:
        return "too few recordings to tell the worst class."
    code, area = min(areas.items(), key=lambda entry: entry[1].value)
    return f"the class with the lowest AUC is {code}, {interval(area)}."


def weak_groups(evaluation: Evaluation) -> str:
    """Return, in words, where AUC and sensitivity of a class are lower in a group than in all other recordings."""
    comparisons = list(_comparisons(evaluation))
    lower = sorted((one for one in comparisons if one.difference.high < 0), key=lambda one: one.difference.value)
    compared = (
        f"AUC and sensitivity of each class in each group were compared with those of all recordings outside it, in "
        f"the same resamples. In {len(lower)} of {len(comparisons)} comparisons the 95 % interval of the difference "
        "lies below 0."
    )
    if not lower:
        return compared
    lines = [line for name in (AUC, SENSITIVITY) for line in [_line(one) for one in lower if one.name == name][:LISTED]]
    return (
        f"{compared} Groups overlap, and nothing is corrected for the number of comparisons: some of these may be "
        f"chance. The greatest {LISTED} of either figure:\n\n" + "\n".join(lines)
    )


def _line(one: Comparison) -> str:
    difference = signed_interval(one.difference, 3)
    return f"* {one.name} of {one.where}: {figure(one.value.value)}, a difference of {difference}"


def _comparisons(evaluation: Evaluation) -> Iterator[Comparison]:
    for group in evaluation.groups:
        classes = zip(
            evaluation.model.class_codes,
            group.ranking[:-1],
            group.auc_differences,
            group.decisions[:-1],
            group.sensitivity_differences,
            strict=True,
        )
        for code, ranked, auc_difference, decided, sensitivity_difference in classes:
            if ranked.auc is not None and auc_difference is not None:
                yield Comparison(AUC, f"{code}, {group_name(group)}", ranked.auc, auc_difference)
            if decided.sensitivity is not None and sensitivity_difference is not None:
                yield Comparison(
                    SENSITIVITY, f"{code}, {group_name(group)}", decided.sensitivity, sensitivity_difference
                )
