"""WFDB records: a header (`.hea`) and the signal files it names (`.dat`)."""

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import MissingExtraError, UnreadableFileError
from ecg_client.formats.wfdb_channels import Channel, channels_of, millivolts_of, standard_leads
from ecg_client.formats.wfdb_extent import refuse_extent, refuse_header_path
from ecg_client.recording import LeadName, Recording

_SUFFIXES = (".hea", ".dat")
_INT16_FORMAT = "16"
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

    Any rate, any length and any standard leads are taken; whether they suffice is the service's to say. Where all leads
    share one gain and have no baseline, the integers are taken as they were digitised; otherwise the signal is
    millivolts. Channels that are none of the twelve standard leads are left out, and a remark says so.

    Args:
        path: The record, with or without `.hea` or `.dat`.

    Raises:
        UnreadableFileError: A file is missing or broken, holds no standard lead, one twice or one upside down, or has a
            unit other than mV, uV or V; or the record consists of several segments.
        MissingExtraError: The `wfdb` package is not installed.
    """
    path = Path(path)
    wfdb = _import_wfdb()
    if not wfdb_header(path).is_file():
        raise UnreadableFileError(path, f"there is no header {wfdb_header(path).name} beside it")
    refuse_header_path(wfdb_header(path))
    header = _read_header(wfdb, path)
    if isinstance(header, wfdb.MultiRecord):
        raise UnreadableFileError(path, "it consists of several segments; give each of them as a record of its own")
    try:
        refuse_extent(header, path)
        return _read(wfdb, path, header)
    except UnreadableFileError:
        raise
    except Exception as error:
        # Whatever the reader stumbles upon.
        problem = "not a WFDB record that can be read: its header and its .dat do not fit together"
        raise UnreadableFileError(path, problem) from error


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


def _read(wfdb: Any, path: Path, header: Any) -> Recording:
    stem = wfdb_stem(path)
    channels = channels_of(header, wfdb_header(path))
    leads = standard_leads(channels, path)
    frame_counts = {header.samps_per_frame[channel.index] for channel in leads.values()}
    # Where leads have several samples to the frame, all of them are wanted; wfdb would give the mean of each frame.
    is_even = len(frame_counts) == 1
    record = wfdb.rdrecord(
        str(stem), channels=[channel.index for channel in leads.values()], physical=False, smooth_frames=not is_even
    )
    millivolts = [millivolts_of(channel.unit, path) for channel in leads.values()]
    units = {one / gain for one, gain in zip(millivolts, record.adc_gain, strict=True)}
    samples = np.stack(record.e_d_signal, axis=1) if is_even else record.d_signal
    if _is_plain_int16(record, samples, units):
        signal, microvolts_per_unit = samples.astype(np.int16, copy=False), 1000.0 * units.pop()
    else:
        signal, microvolts_per_unit = _physical(record, is_even=is_even) * np.array(millivolts), 1000.0
    return Recording(
        signal=signal,
        sample_rate_hz=float(record.fs) * (frame_counts.pop() if is_even else 1),
        lead_names=tuple(leads),
        recording_id=stem.name,
        microvolts_per_unit=microvolts_per_unit,
        remarks=tuple(_remarks(channels, leads, record, is_even=is_even)),
    )


def _remarks(
    channels: list[Channel], leads: Mapping[LeadName, Channel], record: Any, *, is_even: bool
) -> Iterator[str]:
    others = [channel.name or "one without a name" for channel in channels if channel not in leads.values()]
    if others:
        yield f"channels left out, for they are none of the twelve leads: {', '.join(others)}"
    if not is_even:
        yield f"leads of different sample rates were averaged to {record.fs:g} Hz"


def _is_plain_int16(record: Any, samples: npt.NDArray[Any], units: set[float]) -> bool:
    return (
        len(units) == 1
        and not any(record.baseline)
        and set(record.fmt) == {_INT16_FORMAT}
        # This value stands for "no sample", which an integer signal cannot say on the wire.
        and not (samples == _INT16_INVALID).any()
    )


def _physical(record: Any, *, is_even: bool) -> npt.NDArray[np.float64]:
    """The samples in the units of the header, NaN where there is none; shape [sample, lead]."""
    physical: npt.NDArray[np.float64] = np.stack(record.dac(expanded=True), axis=1) if is_even else record.dac()
    return physical
