"""WFDB records: a header (`.hea`) and the signal files it names (`.dat`, or the `.mat` of the PhysioNet challenges)."""

import importlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import MissingExtraError, UnreadableFileError
from ecg_client.formats.file_format import FileFormat, single
from ecg_client.formats.leads import remarks_on_others, standard_leads
from ecg_client.formats.units import millivolts_of
from ecg_client.formats.wfdb_channels import channels_of
from ecg_client.formats.wfdb_comments import metadata_from_comments
from ecg_client.formats.wfdb_extent import refuse_extent, refuse_header_path
from ecg_client.recording import Recording

_SUFFIXES = (".hea", ".dat", ".mat")
_INT16_FORMAT = "16"
# The first line that is no comment: a name, perhaps with segments, the number of signals, the rate.
_HEADER = re.compile(rb"(?:\s*#[^\n]*\n|\s*\n)*[^\s,;]+(?:/\d+)?[ \t]+\d+(?:[ \t]+[\d.]+[^\n]*)?(?:\r?\n|$)")
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
    millivolts. Channels that are none of the twelve standard leads are left out, and a remark says so. Age, sex,
    height, weight and a pacemaker are read from comments of the header, such as `# Age: 61`.

    Args:
        path: The record, with or without `.hea`, `.dat` or `.mat`.

    Raises:
        UnreadableFileError: A file is missing or broken, holds no standard lead, one twice or one upside down, or has a
            unit other than nV, uV, mV or V; or the record consists of several segments.
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
        raise MissingExtraError("Reading WFDB records", "wfdb") from error


def _read_header(wfdb: Any, path: Path) -> Any:
    try:
        return wfdb.rdheader(str(wfdb_stem(path)))
    except Exception as error:
        # The parser raises whatever it stumbles upon.
        raise UnreadableFileError(path, "the header is empty or damaged") from error


def _read(wfdb: Any, path: Path, header: Any) -> Recording:
    stem = wfdb_stem(path)
    channels = channels_of(header, wfdb_header(path))
    names = [channel.name for channel in channels]
    places = standard_leads(names, path)
    leads = {lead: channels[index] for lead, index in places.items()}
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
    remarks = remarks_on_others(names, places)
    if not is_even:
        remarks.append(f"leads of different sample rates were averaged to {record.fs:g} Hz")
    return Recording(
        signal=signal,
        sample_rate_hz=float(record.fs) * (frame_counts.pop() if is_even else 1),
        lead_names=tuple(leads),
        metadata=metadata_from_comments(header.comments or ()),
        recording_id=stem.name,
        microvolts_per_unit=microvolts_per_unit,
        remarks=tuple(remarks),
    )


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


def _recognises(head: bytes, path: Path) -> bool:
    if path.suffix.lower() in _SUFFIXES[1:]:
        return wfdb_header(path).is_file()
    return path.suffix.lower() == _SUFFIXES[0] or (not path.suffix and _HEADER.match(head) is not None)


WFDB = FileFormat(
    "WFDB", (".hea",), _recognises, single(lambda path, _: read_wfdb_record(path)), extra="wfdb", modules=("wfdb",)
)
