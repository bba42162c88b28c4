"""Figures of findings and probabilities, as an evaluation keeps them: plain frozen dataclasses.

Every share, area and error is from 0 to 1. None stands for a figure that does not exist, or that too few recordings
would carry: see `ecg_evaluation.class_figures.FEWEST`.
"""

from dataclasses import dataclass

MACRO = "macro"
"""In the place of a class code: the mean over all classes. It exists where the figure of every class does."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Expected calibration error, 15 bins of equal mass, beside what perfect calibration would score.

    Attributes:
        error: of some probabilities.
        perfect: mean error that the same probabilities have for labels drawn from them, with the interval that holds
            95 % of the draws.
    """

    error: float
    perfect: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingFigures:
    """How well the probabilities of a class order recordings, whatever the threshold.

    Attributes:
        class_code: the class, or MACRO.
        positives: recordings that show the class; None for MACRO.
        negatives: recordings that do not; None for MACRO.
        auc: area under the ROC curve.
        auprc: area under the precision-recall curve (average precision).
    """

    class_code: str
    positives: int | None = None
    negatives: int | None = None
    auc: Estimate | None
    auprc: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFigures:
    """How right the findings of a class are at one threshold.

    Attributes:
        class_code: the class, or MACRO.
        threshold: probability from which on it is a finding; None for MACRO.
        f1: harmonic mean of precision and sensitivity.
        sensitivity: share of the recordings with the class that are found.
        specificity: share of those without it that are passed by.
    """

    class_code: str
    threshold: float | None = None
    f1: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPointFigures:
    """The figures at the thresholds of one operating point.

    Attributes:
        name: of the operating point.
        description: how its thresholds were chosen, as the bundle says.
        is_active: whether it is the one that was served.
        classes: each class, then MACRO.
    """

    name: str
    description: str
    is_active: bool
    classes: tuple[DecisionFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """The figures of some of the recordings.

    Attributes:
        column: what divides the recordings, such as "sex".
        value: the group's value of it, such as "female".
        recordings: recordings of the group.
        ranking: each class, then MACRO.
        decisions: at the active operating point, each class, then MACRO.
        calibration: mean over all classes, of the probabilities as served.
        auc_differences: of each class, the AUC less that of all other recordings, both in the same resamples.
        sensitivity_differences: likewise.
    """

    column: str
    value: str
    recordings: int
    ranking: tuple[RankingFigures, ...]
    decisions: tuple[DecisionFigures, ...]
    calibration: CalibrationError | None
    auc_differences: tuple[Estimate | None, ...]
    sensitivity_differences: tuple[Estimate | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataFigures:
    """The figures of the same recordings when more or less is known of the patients.

    Attributes:
        metadata: what the model is told: a name of `ecg_evaluation.metadata_variants`.
        ranking: each class, then MACRO.
        macro_auc_change: macro-AUC less that with the metadata as they are in the data, both in the same resamples.
        greatest_probability_change: greatest distance of any probability from that with the metadata in the data.
    """

    metadata: str
    ranking: tuple[RankingFigures, ...]
    macro_auc_change: Estimate | None
    greatest_probability_change: float
