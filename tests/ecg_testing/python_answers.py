"""What `ecg-classify` has to print, by the word of the Python client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ecg_client import EcgClient, Recording, RecordingError, RecordingResult, UnreadableFileError
from ecg_client.formats import read_wfdb_record

UNREADABLE = "UNREADABLE_FILE"


def python_answers(address: str, folder: Path) -> list[dict[str, Any]]:
    """Return the lines for all records under a folder; of a file that cannot be read only the reason is told."""
    names = sorted(path.with_suffix("") for path in folder.rglob("*.hea"))
    read = {name: recording for name in names if (recording := _read(name)) is not None}
    with EcgClient(address) as client:
        results = client.predict_stream(read.values())
        lines = dict(zip(read, map(_line, results), strict=True))
    unreadable = {"error": {"reason": UNREADABLE}}
    return [{"recording": str(name), **lines.get(name, unreadable)} for name in names]


def probabilities(lines: list[dict[str, Any]]) -> Iterator[tuple[str, str, float]]:
    """Yield the recording, the class and the probability of all that were classified."""
    for line in lines:
        for code, probability in line.get("probabilities", {}).items():
            yield line["recording"], code, probability


def _read(name: Path) -> Recording | None:
    try:
        return read_wfdb_record(name)
    except UnreadableFileError:
        return None


def _line(result: RecordingResult) -> dict[str, Any]:
    prediction = result.prediction
    if prediction is None:
        assert result.error is not None
        return {"error": _error(result.error)}
    return {
        "probabilities": {one.code: one.probability for one in prediction.classes},
        "findings": [one.code for one in prediction.classes if one.is_positive],
        "warnings": [str(warning.code) for warning in prediction.warnings],
        "model": f"{prediction.model.name} {prediction.model.version}",
    }


def _error(error: RecordingError) -> dict[str, Any]:
    violations = [{"field": one.field, "description": one.description} for one in error.field_violations]
    return {
        "code": error.code.name,
        "reason": error.reason,
        "message": error.message,
        "field_violations": violations,
    }
