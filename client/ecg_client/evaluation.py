"""How well probabilities agree with labels."""

import dataclasses
import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ecg_client.errors import MissingExtraError


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


def is_labelled(labels: Mapping[str, int] | None) -> bool:
    """Says whether a recording is known to show anything: one with no positive label is taken as unlabelled."""
    return labels is not None and any(labels.values())


def evaluate_auc(recordings: Iterable[tuple[Mapping[str, float], Mapping[str, int] | None]]) -> AucReport:
    """Computes the AUC of each class over the labelled recordings.

    Args:
        recordings: For each recording its probabilities and its labels, both by class code; None where there are none.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    roc_auc_score = _import_roc_auc_score()
    pairs = list(recordings)
    labelled = [
        (probabilities, labels) for probabilities, labels in pairs if labels is not None and is_labelled(labels)
    ]
    columns = _columns(labelled)
    usable = {code: column for code, column in columns.items() if len(set(column[0])) > 1}
    return AucReport(
        auc_by_class={code: float(roc_auc_score(*column)) for code, column in usable.items()},
        classes_left_out=tuple(code for code in columns if code not in usable),
        labelled_count=len(labelled),
        unlabelled_count=len(pairs) - len(labelled),
    )


def _columns(
    labelled: Sequence[tuple[Mapping[str, float], Mapping[str, int]]],
) -> dict[str, tuple[list[int], list[float]]]:
    """Labels and probabilities of each class that both sides know, in the model's order."""
    columns: dict[str, tuple[list[int], list[float]]] = {}
    for probabilities, labels in labelled:
        for code in filter(labels.__contains__, probabilities):
            targets, column = columns.setdefault(code, ([], []))
            targets.append(labels[code])
            column.append(probabilities[code])
    return columns


def _import_roc_auc_score() -> Any:
    try:
        return importlib.import_module("sklearn.metrics").roc_auc_score
    except ImportError as error:
        raise MissingExtraError("Computing the AUC", "evaluation") from error
