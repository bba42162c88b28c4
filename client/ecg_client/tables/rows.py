"""The one schema of all tables: a flat row for each recording, whatever became of it.

Text is never empty: where there is nothing to say, there is no value. Several words in one cell are parted by `|`, as
`pandas.Series.str.get_dummies` takes them. docs/batch.md tells what the columns mean.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from ecg_client.outcomes import UNREADABLE_FILE, Outcome, Problem
from ecg_client.prediction import Abstention, ClassPrediction, Prediction, PredictionWarning
from ecg_client.tables.origin import Origin

Value = str | int | float | bool | None
Row = Mapping[str, Value]
Kind = type[str] | type[int] | type[float] | type[bool]

SEPARATOR = "|"

_FIRST: Mapping[str, Kind] = {"path": str, "number": int, "recording_id": str, "findings": str}
_OF_CLASSES: Mapping[str, Kind] = {"probability": float, "is_positive": bool, "threshold": float}
_LAST: Mapping[str, Kind] = {
    "uncertainty": float,
    "is_abstained": bool,
    "abstentions": str,
    "warnings": str,
    "reason": str,
    "message": str,
    "labels": str,
    "remarks": str,
    "operating_point": str,
    "model_name": str,
    "model_version": str,
    "model_sha256": str,
    "fingerprint": str,
}
_CLASS_SUFFIX = "_probability"


def columns(class_codes: Iterable[str]) -> dict[str, Kind]:
    """Returns the columns of a table, in order, each with the kind of its values."""
    codes = list(class_codes)
    of_classes = {f"{code}_{name}": kind for name, kind in _OF_CLASSES.items() for code in codes}
    return {**_FIRST, **of_classes, **_LAST}


def class_codes_of(names: Iterable[str]) -> list[str]:
    """Returns the classes that a table has columns of, given the names of its columns."""
    return [name.removesuffix(_CLASS_SUFFIX) for name in names if name.endswith(_CLASS_SUFFIX)]


def row_of(outcome: Outcome, origin: Origin | None) -> dict[str, Value]:
    """Returns the row of a recording.

    Columns that say nothing of it may be missing: all of its classes, where it was not classified.

    Args:
        outcome: What became of it.
        origin: Where it was read from; None: from no file.
    """
    is_unread = outcome.problem is not None and outcome.problem.reason == UNREADABLE_FILE
    return {
        "path": None if origin is None else origin.path,
        "number": None if origin is None else origin.number,
        # What could not be read has no id; the outcome is called after the file.
        "recording_id": None if is_unread else _text(outcome.name),
        **({} if outcome.prediction is None else _predicted(outcome.prediction)),
        **({} if outcome.problem is None else _refused(outcome.problem)),
        "labels": _joined(code for code, label in (outcome.labels or {}).items() if label),
        "remarks": _joined(outcome.remarks),
        "fingerprint": None if origin is None else origin.fingerprint,
    }


def _predicted(prediction: Prediction) -> dict[str, Value]:
    return {
        "findings": _joined(entry.code for entry in prediction.findings),
        **{name: value for entry in prediction.classes for name, value in _of_class(entry).items()},
        "uncertainty": None if prediction.uncertainty is None else _figure(prediction.uncertainty),
        "is_abstained": prediction.is_abstained,
        "abstentions": _joined(_named(one.reason, one) for one in prediction.abstentions),
        "warnings": _joined(_named(one.code, one) for one in prediction.warnings),
        "operating_point": _text(prediction.operating_point),
        "model_name": _text(prediction.model.name),
        "model_version": _text(prediction.model.version),
        "model_sha256": _text(prediction.model.sha256),
    }


def _of_class(entry: ClassPrediction) -> dict[str, Value]:
    return {
        f"{entry.code}_probability": _figure(entry.probability),
        f"{entry.code}_is_positive": entry.is_positive,
        f"{entry.code}_threshold": _figure(entry.threshold),
    }


def _refused(problem: Problem) -> dict[str, Value]:
    return {"reason": _text(problem.reason), "message": _text(problem.message)}


def _named(word: str, remark: Abstention | PredictionWarning) -> str:
    return str(word) if remark.lead is None else f"{word}:{remark.lead.name}"


def _joined(words: Iterable[str]) -> str | None:
    # A few leads may share a warning of one kind, but no word is there twice.
    return _text(SEPARATOR.join(dict.fromkeys(words)))


def _figure(value: float) -> float:
    # The wire has 32 bits: 0.9, which a double of the same value would write as 0.8999999761581421.
    return float(str(np.float32(value)))


def _text(text: str) -> str | None:
    # The name of a file may have bytes that are no character; no file of text takes them.
    return text.encode("utf-8", "backslashreplace").decode("utf-8") or None
