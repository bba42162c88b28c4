"""WFDB records: a header (`.hea`) and the signal files it names (`.dat`)."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import MissingExtraError, UnreadableFileError
from ecg_client.recording import LeadName, Recording

_SUFFIXES = (".hea", ".dat")
_MILLIVOLTS_OF_UNIT = {"mv": 1.0, "uv": 1e-3, "\N{MICRO SIGN}v": 1e-3, "v": 1e3}
_INT16_FORMAT = "16"
_BITS_OF_FORMAT = {"8": 8, "80": 8, "16": 16, "61": 16, "160": 16, "24": 24, "32": 32, "212": 12, "310": 10, "311": 10}
_INT16_INVALID = np.iinfo(np.int16).min


def wfdb_stem(path: Path) -> Path:
    """Takes the suffix off a path to a WFDB record, if it has one."""
    return path.with_suffix("") if path.suffix in _SUFFIXES else path


def wfdb_header(path: Path) -> Path:
    """Says where the header of a record lies, given the record with or without suffix."""
    stem = wfdb_stem(path)
    return stem.with_name(f"{stem.name}.hea")


def read_wfdb_record(path: Path | str) -> Recording:
    """Reads a WFDB record; its recording id is the name of the record.

    Where all leads share one gain and have no baseline, the integers are taken as they were digitised; otherwise the
    signal is millivolts. Channels that are none of the twelve standard leads are left out.

    Args:
        path: The record, with or without `.hea` or `.dat`.

    Raises:
        UnreadableFileError: A file is missing or broken, holds no standard lead, or has a unit other than mV, uV or V.
        MissingExtraError: The `wfdb` package is not installed.
    """
    path = Path(path)
    wfdb = _import_wfdb()
    if not wfdb_header(path).is_file():
        raise UnreadableFileError(path, f"there is no header {wfdb_header(path).name} beside it")
    header = _read_header(wfdb, path)
    try:
        return _read(wfdb, path, header)
    except UnreadableFileError:
        raise
    except Exception as error:
        raise UnreadableFileError(path, _why_unreadable(path, header, error)) from error


def _import_wfdb() -> Any:
    try:
        return importlib.import_module("wfdb")
    except ImportError as error:
        raise MissingExtraError("Reading WFDB records", "formats") from error


def _read_header(wfdb: Any, path: Path) -> Any:
    try:
        return wfdb.rdheader(str(wfdb_stem(path)))
    except Exception as error:
        # The parser raises whatever it stumbles upon.
        raise UnreadableFileError(path, "the header is empty or damaged") from error


def _why_unreadable(path: Path, header: Any, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        missing = [name for name in _signal_files(header) if not (path.parent / name).is_file()]
        return f"its .dat is missing (there is no {' and no '.join(missing)} beside the header)"
    if any(_is_cut(path.parent / name, name, header) for name in _signal_files(header)):
        return "the .dat is shorter than the header says (a truncated copy?)"
    return "not a WFDB record that can be read: its header and its .dat do not fit together"


def _signal_files(header: Any) -> list[str]:
    return list(dict.fromkeys(header.file_name or ()))


def _is_cut(file: Path, name: str, header: Any) -> bool:
    """Says whether a signal file has fewer bytes than its channels need; False where the format does not tell."""
    channels = [index for index, other in enumerate(header.file_name) if other == name]
    bits = [_BITS_OF_FORMAT.get(header.fmt[index], 0) * header.samps_per_frame[index] for index in channels]
    needed: int = sum(bits) * (header.sig_len or 0)
    return file.stat().st_size * 8 < needed


def _read(wfdb: Any, path: Path, header: Any) -> Recording:
    stem = wfdb_stem(path)
    columns = _columns(header.sig_name, path)
    record = wfdb.rdrecord(str(stem), channels=list(columns.values()), physical=False)
    units = {_millivolts_of(unit, path) / gain for unit, gain in zip(record.units, record.adc_gain, strict=True)}
    if _is_plain_int16(record, units):
        signal, microvolts_per_unit = record.d_signal.astype(np.int16, copy=False), 1000.0 * units.pop()
    else:
        signal, microvolts_per_unit = _millivolts(record, path), 1000.0
    return Recording(
        signal=signal,
        sample_rate_hz=float(record.fs),
        lead_names=tuple(columns),
        recording_id=stem.name,
        microvolts_per_unit=microvolts_per_unit,
    )


def _columns(channel_names: list[str | None] | None, path: Path) -> dict[LeadName, int]:
    """Which channel each standard lead is, in the order of the channels."""
    names = [(name or "").strip().upper() for name in channel_names or []]
    columns = {LeadName[name]: column for column, name in enumerate(names) if name in LeadName.__members__}
    if not columns:
        raise UnreadableFileError(
            path, f"none of its channels ({', '.join(names)}) is one of the twelve standard leads"
        )
    return columns


def _millivolts_of(unit: str, path: Path) -> float:
    if unit.lower() not in _MILLIVOLTS_OF_UNIT:
        raise UnreadableFileError(path, f"a lead is in {unit!r}, but must be in mV, uV or V")
    return _MILLIVOLTS_OF_UNIT[unit.lower()]


def _is_plain_int16(record: Any, units: set[float]) -> bool:
    return (
        len(units) == 1
        and not any(record.baseline)
        and set(record.fmt) == {_INT16_FORMAT}
        # This value stands for "no sample", which an integer signal cannot say on the wire.
        and not (record.d_signal == _INT16_INVALID).any()
    )


def _millivolts(record: Any, path: Path) -> npt.NDArray[np.float64]:
    scale = np.array([_millivolts_of(unit, path) for unit in record.units])
    physical: npt.NDArray[np.float64] = record.dac() * scale
    return physical
