"""Recordings from the rows of a DataFrame: a path or a signal, and what is known of the patient."""

import collections
import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ecg_client.errors import InvalidFrameError, InvalidRecordingError, UnreadableFileError
from ecg_client.formats.file_format import Stated
from ecg_client.formats.sources import RecordingSource, find_recordings
from ecg_client.recording import (
    INDEPENDENT_LEADS,
    MICROVOLTS_PER_MILLIVOLT,
    STANDARD_LEADS,
    InfarctionStage,
    PatientMetadata,
    Recording,
    Sex,
)
from ecg_client.tables.origin import Origin, origin_of

if TYPE_CHECKING:
    import pandas as pd

Cells = Mapping[str, Any]
"""The cells of a row that have a value, by their columns."""

Taken = tuple[Origin | None, Recording | UnreadableFileError | InvalidRecordingError]

_LEADS_OF_COUNT = {len(leads): leads for leads in (STANDARD_LEADS, INDEPENDENT_LEADS)}
_SEXES = {"m": Sex.MALE, "male": Sex.MALE, "f": Sex.FEMALE, "female": Sex.FEMALE}


def recordings_of(frame: "pd.DataFrame", stated: Stated, is_missing: Callable[[Any], bool]) -> Iterator[Taken]:
    """Returns the recordings of a frame, each with where it was read from, read when it is asked for.

    Raises:
        InvalidFrameError: The frame has neither a column `path` nor one `signal`, or both, or a column twice.
    """
    names = [name for name in FRAME_COLUMNS if name in frame.columns]
    if ("path" in names) == ("signal" in names):
        raise InvalidFrameError(
            "the frame needs a column `path` (files), or a column `signal` (arrays [sample, lead] in millivolts); give "
            "one of them"
        )
    for name, count in collections.Counter(frame.columns).items():
        if name in names and count > 1:
            raise InvalidFrameError(f"the frame has {count} columns called {name}; keep one")
    take = functools.partial(_from_file, _finder()) if "path" in names else _from_signal
    return (
        take({name: cell for name, cell in zip(names, row, strict=True) if not is_missing(cell)}, stated)
        for row in zip(*(frame[name] for name in names), strict=True)
    )


def _from_file(find: Callable[[Path, Stated], Sequence[RecordingSource]], cells: Cells, stated: Stated) -> Taken:
    origin = None
    try:
        path = _path(_required("path", cells))
        if "sample_rate_hz" in cells:
            stated = dataclasses.replace(stated, sample_rate_hz=_number("sample_rate_hz", cells["sample_rate_hz"]))
        source = _chosen(find(path, stated), cells)
        origin = origin_of(source, stated)
        recording = source.read()
        return origin, dataclasses.replace(
            recording,
            recording_id=str(cells.get("recording_id", recording.recording_id)),
            # What the frame says goes before what the file does: whoever made it has seen both.
            metadata=dataclasses.replace(recording.metadata, **_metadata(cells)),
        )
    except (UnreadableFileError, InvalidRecordingError) as error:
        return origin, error


def _from_signal(cells: Cells, stated: Stated) -> Taken:
    try:
        return None, _recording(cells, stated)
    except InvalidRecordingError as error:
        return None, error


def _recording(cells: Cells, stated: Stated) -> Recording:
    rate_hz = cells.get("sample_rate_hz", stated.sample_rate_hz)
    if rate_hz is None:
        raise InvalidRecordingError("sample_rate_hz is missing; give it in a column, or for all rows as an argument")
    signal = _signal(_required("signal", cells))
    usual = _LEADS_OF_COUNT.get(signal.shape[-1] if signal.ndim else 0, STANDARD_LEADS)
    return Recording(
        signal=signal,
        sample_rate_hz=_number("sample_rate_hz", rate_hz),
        lead_names=_lead_names(cells["lead_names"]) if "lead_names" in cells else usual,
        recording_id=str(cells.get("recording_id", "")),
        microvolts_per_unit=_number("microvolts_per_unit", cells.get("microvolts_per_unit", MICROVOLTS_PER_MILLIVOLT)),
        metadata=PatientMetadata(**_metadata(cells)),
    )


def _finder() -> Callable[[Path, Stated], Sequence[RecordingSource]]:
    """Finds recordings in files. Rows about the same file follow each other: it is opened once for all of them."""
    return functools.lru_cache(maxsize=1)(
        lambda path, stated: find_recordings([path], sample_rate_hz=stated.sample_rate_hz, unit=stated.unit)
    )


def _chosen(sources: Sequence[RecordingSource], cells: Cells) -> RecordingSource:
    if "number" not in cells and len(sources) > 1:
        raise UnreadableFileError(
            cells["path"], f"it holds {len(sources)} recordings; a column `number` says which, counted from 0"
        )
    number = _number("number", cells.get("number", 0))
    if [source.is_found for source in sources] == [False]:
        return sources[0]
    if number not in range(len(sources)):
        raise UnreadableFileError(
            cells["path"], f"number is {number:g}, but it holds {len(sources)} recording(s), counted from 0"
        )
    return sources[int(number)]


def _required(name: str, cells: Cells) -> Any:
    if name not in cells:
        raise InvalidRecordingError(f"{name} is missing")
    return cells[name]


def _path(value: Any) -> Path:
    try:
        return Path(value)
    except TypeError:
        raise InvalidRecordingError("path is no text; give that of a file") from None


def _signal(value: Any) -> np.ndarray:
    try:
        return np.asarray(value)
    except (TypeError, ValueError):
        raise InvalidRecordingError(
            "signal is no array [sample, lead]; give numbers, as many for each sample as for every other"
        ) from None


def _lead_names(value: Any) -> tuple[Any, ...]:
    try:
        return tuple(value)
    except TypeError:
        raise InvalidRecordingError("lead_names is no list of leads; give one for each column of the signal") from None


def _metadata(cells: Cells) -> dict[str, Any]:
    return {name: parse(name, cells[name]) for name, parse in _METADATA.items() if name in cells}


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise InvalidRecordingError(f"{name} is no number; give one, or nothing where it is unknown") from None


def _sex(name: str, value: Any) -> Sex:
    sex = value if isinstance(value, Sex) else _SEXES.get(str(value).strip().lower())
    if sex is None:
        raise InvalidRecordingError(f"{name} is none of {', '.join(_SEXES)}; write it out, or nothing if it is unknown")
    return sex


def _stage(name: str, value: Any) -> InfarctionStage:
    if isinstance(value, InfarctionStage):
        return value
    stage = InfarctionStage.__members__.get(str(value).strip().upper().replace("-", "_"))
    if stage is None:
        raise InvalidRecordingError(f"{name} is none of {', '.join(InfarctionStage.__members__)}")
    return stage


def _flag(name: str, value: Any) -> bool:
    # An array is no flag either, and cannot be compared with one.
    if not np.isscalar(value) or value not in (0, 1):
        raise InvalidRecordingError(f"{name} is neither true nor false; leave it empty if it is unknown")
    return bool(value)


_METADATA: Mapping[str, Callable[[str, Any], Any]] = {
    "age_years": _number,
    "sex": _sex,
    "height_cm": _number,
    "weight_kg": _number,
    "has_pacemaker": _flag,
    "first_infarction_stage": _stage,
    "second_infarction_stage": _stage,
}
FRAME_COLUMNS = (
    "path",
    "number",
    "signal",
    "sample_rate_hz",
    "lead_names",
    "microvolts_per_unit",
    "recording_id",
    *_METADATA,
)
"""The columns of a frame that have a meaning."""
