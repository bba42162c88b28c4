"""How well probabilities and findings agree with labels."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from ecg_client.class_figures import ClassColumn, Numbers
from ecg_client.prediction import ClassPrediction

RESAMPLES = 1000
MACRO = "macro"
_BOUNDS = (0.025, 0.975)
_SEED = 0
# As in the model card: a thousand resamples have no more to say.
_DIGITS = 4


@dataclasses.dataclass(frozen=True, slots=True)
class AucReport:
    """Area under the ROC curve of each class.

    Attributes:
        auc_by_class: The AUC by class code, 0 to 1.
        classes_left_out: Classes that all labelled recordings have or none has, for which there is no AUC.
        labelled_count: Recordings that took part.
        unlabelled_count: Recordings left out because nothing is known to be positive in them.
    """

    auc_by_class: Mapping[str, float]
    classes_left_out: tuple[str, ...]
    labelled_count: int
    unlabelled_count: int

    @property
    def macro_auc(self) -> float | None:
        """The mean over the classes; None where there is none."""
        return sum(self.auc_by_class.values()) / len(self.auc_by_class) if self.auc_by_class else None


@dataclasses.dataclass(frozen=True, slots=True)
class Estimate:
    """A figure from 0 to 1, and its 95 % interval.

    Attributes:
        value: The figure.
        low: Where the interval begins.
        high: Where it ends.
    """

    value: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well the service does in one class; None where a figure does not exist.

    Attributes:
        code: The class code; `MACRO` is the mean over the classes that have an AUC.
        count: Recordings of which it is known whether they show the class.
        positive_count: Those that do.
        threshold: The threshold that was served; None for `MACRO`, and where there were several, as a service has that
            changes its model meanwhile.
        auc: Area under the ROC curve.
        average_precision: Area under the precision-recall curve.
        sensitivity: Share of the recordings with the class that are findings.
        specificity: Share of those without it that are none.
        ppv: Share of the findings that are right (the precision).
        f1: Harmonic mean of sensitivity and `ppv`.
    """

    code: str
    count: int
    positive_count: int
    threshold: float | None
    auc: Estimate | None
    average_precision: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None
    ppv: Estimate | None
    f1: Estimate | None


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A recording that was classified, and what it is known to show.

    Attributes:
        classes: What the service says.
        labels: 0 or 1 for each class code that is known.
    """

    classes: tuple[ClassPrediction, ...]
    labels: Mapping[str, int]


def is_labelled(labels: Mapping[str, int] | None) -> bool:
    """Says whether a recording is known to show anything: one with no positive label is taken as unlabelled."""
    return labels is not None and any(labels.values())


def evaluate_auc(recordings: Iterable[tuple[Mapping[str, float], Mapping[str, int] | None]]) -> AucReport:
    """Computes the AUC of each class over the labelled recordings.

    Args:
        recordings: For each recording its probabilities and its labels, both by class code; None where there are none.
    """
    pairs = list(recordings)
    labelled = [
        (probabilities, labels) for probabilities, labels in pairs if labels is not None and is_labelled(labels)
    ]
    once = np.ones(len(labelled), dtype=int)
    aucs = {code: float(column.figures(once)[0]) for code, column in _probability_columns(labelled).items()}
    return AucReport(
        auc_by_class={code: auc for code, auc in aucs.items() if not np.isnan(auc)},
        classes_left_out=tuple(code for code, auc in aucs.items() if np.isnan(auc)),
        labelled_count=len(labelled),
        unlabelled_count=len(pairs) - len(labelled),
    )


def evaluate_classes(cases: Sequence[Case]) -> Iterator[ClassFigures]:
    """Computes the figures of each class that any label tells of, in the model's order, then their mean.

    Every case takes part, also one whose labels are all 0, or from which the service abstains. A class that only some
    cases have an answer for, as where the service changes its model meanwhile, is measured in those. Intervals are
    those of a bootstrap over recordings, of `RESAMPLES` resamples and always the same seed.
    """
    columns = {code: _column(cases, code) for code in _codes(cases)}
    if not columns:
        return
    # [resample, class, figure]; the first are those of the data as they are.
    figures = np.array([[one.figures(weights) for one in columns.values()] for weights in _weights(len(cases))])
    for index, (code, column) in enumerate(columns.items()):
        counts = (column.shows.size, int(column.shows.sum()))
        yield ClassFigures(code, *counts, _threshold(cases, code), *_estimates(figures[:, index]))
    has_auc = ~np.isnan(figures[0, :, 0])
    if has_auc.any():
        positive_count = sum(any(case.labels.values()) for case in cases)
        means = figures[:, has_auc].mean(axis=1)
        yield ClassFigures(MACRO, len(cases), positive_count, None, *_estimates(means))


def _codes(cases: Sequence[Case]) -> list[str]:
    entries = [(entry.code, entry.code in case.labels) for case in cases for entry in case.classes]
    known = {code for code, is_known in entries if is_known}
    return [code for code in dict.fromkeys(code for code, _ in entries) if code in known]


def _threshold(cases: Sequence[Case], code: str) -> float | None:
    served = {entry.threshold for case in cases for entry in case.classes if entry.code == code}
    return served.pop() if len(served) == 1 else None


def _column(cases: Sequence[Case], code: str) -> ClassColumn:
    entries = [
        (place, case.labels[code], entry.probability, entry.is_positive)
        for place, case in enumerate(cases)
        if code in case.labels
        for entry in case.classes
        if entry.code == code
    ]
    return ClassColumn.of(*zip(*entries, strict=True))


def _weights(count: int) -> Iterator[np.ndarray]:
    yield np.ones(count, dtype=int)
    random = np.random.default_rng(_SEED)
    for _ in range(RESAMPLES):
        yield np.bincount(random.integers(count, size=count), minlength=count)


def _estimates(figures: Numbers) -> Iterator[Estimate | None]:
    """The estimate of each figure, given its values in the data and in each resample, [1 + resample, figure]."""
    return map(_estimate, figures.T)


def _estimate(values: Numbers) -> Estimate | None:
    # A resample without the figure (it drew no positive, say) does not take part.
    resampled = values[1:][~np.isnan(values[1:])]
    if np.isnan(values[0]) or not resampled.size:
        return None
    low, high = np.quantile(resampled, _BOUNDS)
    return Estimate(*(round(float(number), _DIGITS) for number in (values[0], low, high)))


def _probability_columns(
    labelled: Sequence[tuple[Mapping[str, float], Mapping[str, int]]],
) -> dict[str, ClassColumn]:
    """Labels and probabilities of each class that both sides know, in the model's order."""
    entries: dict[str, list[tuple[int, int, float, bool]]] = {}
    for place, (probabilities, labels) in enumerate(labelled):
        for code in filter(labels.__contains__, probabilities):
            entries.setdefault(code, []).append((place, labels[code], probabilities[code], False))
    return {code: ClassColumn.of(*zip(*rows, strict=True)) for code, rows in entries.items()}
