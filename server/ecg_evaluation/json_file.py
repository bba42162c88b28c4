"""Writes an evaluation as JSON, and reads it back."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import Evaluation

_OPEN_LEVELS = 2


def to_json(evaluation: Evaluation) -> str:
    """Return an evaluation as JSON, a line for each entry of its tables: short, and a change shows where it is."""
    return _lines(asdict(evaluation), _OPEN_LEVELS) + "\n"


def _lines(value: Any, open_levels: int, indent: str = "") -> str:
    if not open_levels or not value or not isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    inner = indent + "  "
    if isinstance(value, dict):
        entries = [f"{json.dumps(key)}: {_lines(one, open_levels - 1, inner)}" for key, one in value.items()]
        return "{\n" + ",\n".join(inner + entry for entry in entries) + f"\n{indent}}}"
    entries = [_lines(one, open_levels - 1, inner) for one in value]
    return "[\n" + ",\n".join(inner + entry for entry in entries) + f"\n{indent}]"


def read_evaluation(path: Path) -> Evaluation:
    """Return the evaluation in a JSON file.

    Raises:
        EvaluationError: the file cannot be read, or is no evaluation.
    """
    try:
        return TypeAdapter(Evaluation).validate_json(path.read_bytes(), extra="forbid")
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise EvaluationError(f"{path}: is no evaluation: {where}: {first['msg']}; run make evaluate again") from error
