"""Writes what was found as JSON, and reads it back."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import Evaluation

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Findings = TypeVar("Findings")

_OPEN_LEVELS = 2


def to_json(findings: "DataclassInstance") -> str:
    """Return findings as JSON, a line for each entry of their tables: short, and a change shows where it is."""
    return _lines(asdict(findings), _OPEN_LEVELS) + "\n"


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
    return read_findings(path, Evaluation, "evaluation", "make evaluate")


def read_findings(path: Path, kind: type[Findings], name: str, command: str) -> Findings:
    """Return the findings in a JSON file.

    Args:
        path: the file.
        kind: the dataclass that was written.
        name: what that is called.
        command: what writes it.

    Raises:
        EvaluationError: the file cannot be read, or holds something else.
    """
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes(), extra="forbid")
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise EvaluationError(f"{path}: is no {name}: {where}: {first['msg']}; run {command} again") from error
