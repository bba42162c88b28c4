"""The figures of groups of recordings, and how far they are from those of all others."""

from collections.abc import Sequence

from ecg_evaluation.arrays import Flags, Floats
from ecg_evaluation.calibration_figures import macro_calibration
from ecg_evaluation.class_figures import Outcomes, aucs, decision_figures, ranking_figures, sensitivities
from ecg_evaluation.figures import Estimate, GroupFigures
from ecg_evaluation.groups import Grouping
from ecg_evaluation.resampling import estimate


def group_figures(
    outcomes: Outcomes, groupings: Sequence[Grouping], thresholds: tuple[float, ...], seed: int
) -> tuple[GroupFigures, ...]:
    """Return the figures of every group of every division, at some thresholds."""

    def figures(column: str, value: str, members: Flags) -> GroupFigures:
        group, rest = outcomes.subset(members), outcomes.subset(~members)
        return GroupFigures(
            column=column,
            value=value,
            recordings=int(members.sum()),
            ranking=ranking_figures(group),
            decisions=decision_figures(group, thresholds),
            calibration=macro_calibration(group, seed),
            auc_differences=_differences(aucs(group), aucs(rest)),
            sensitivity_differences=_differences(sensitivities(group, thresholds), sensitivities(rest, thresholds)),
        )

    return tuple(
        figures(grouping.column, value, members) for grouping in groupings for value, members in grouping.groups()
    )


def _differences(group: Floats, rest: Floats) -> tuple[Estimate | None, ...]:
    return tuple(map(estimate, (group - rest).T))
