"""EDF and BDF files, and EDF+ and BDF+ that are continuous; annotations are left out."""

import importlib
from pathlib import Path
from typing import Any

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.channels import Channel, recording_of
from ecg_client.formats.file_format import FileFormat, Stated, single
from ecg_client.formats.leads import lead_of
from ecg_client.formats.patients import patient_metadata, years_between
from ecg_client.recording import PatientMetadata, Recording

_EDF_MAGIC, _BDF_MAGIC = b"0       ", b"\xffBIOSEMI"
_SAMPLE_BYTES = {_EDF_MAGIC: 2, _BDF_MAGIC: 3}
_MAIN_HEADER_BYTES, _SIGNAL_HEADER_BYTES = 256, 256
_GREATEST_SIGNALS = 512
# Where the fields of the header lie.
_HEADER_BYTES, _VARIANT, _RECORD_COUNT, _SIGNAL_COUNT = (
    slice(184, 192),
    slice(192, 197),
    slice(236, 244),
    slice(252, 256),
)
_SAMPLE_COUNT_OFFSET, _SAMPLE_COUNT_BYTES = 216, 8


def read_edf(path: Path, _: Stated = Stated()) -> Recording:  # noqa: B008 - it is frozen
    """Reads an EDF or BDF file: its standard leads, and the age and sex of an EDF+ header.

    Raises:
        UnreadableFileError: It is shorter or longer than its header says, has gaps, holds no standard lead, or leads
            of different rates; see also `recording_of`.
    """
    edfio = importlib.import_module("edfio")
    content = path.read_bytes()
    _refuse_extent(content, path)
    is_edf = content.startswith(_EDF_MAGIC)
    # Latin-1 takes any byte: a unit may be in µV.
    file = (edfio.read_edf if is_edf else edfio.read_bdf)(content, header_encoding="latin-1")
    channels = [signal for signal in file.signals if lead_of(signal.label) is not None]
    rates = {signal.sampling_frequency for signal in channels}
    if len(rates) > 1:
        raise UnreadableFileError(path, f"its leads have different sample rates ({sorted(rates)} Hz); resample them")
    others = [Channel(one.label, one.digital, one.physical_dimension) for one in file.signals if one not in channels]
    leads = [_channel(signal) for signal in channels]
    return recording_of([*leads, *others], rates.pop() if rates else 1.0, path, metadata=_metadata(file))


def _channel(signal: Any) -> Channel:
    digital, physical = signal.digital_range, signal.physical_range
    scale = (physical.max - physical.min) / (digital.max - digital.min)
    offset = physical.max - scale * digital.max
    # A range that lies evenly around 0 (or one step beside it, as -32768 and 32767 do) has no offset to speak of.
    offset = 0.0 if abs(offset) <= 0.51 * abs(scale) else offset
    return Channel(signal.label, signal.digital, signal.physical_dimension, scale, offset)


def _metadata(file: Any) -> PatientMetadata:
    """Age and sex, where the header has the fields of EDF+."""
    fields = file.local_patient_identification.split()
    if len(fields) < 4 or fields[1] not in ("F", "M", "X"):  # noqa: PLR2004 - code, sex, birthdate, name
        return PatientMetadata()
    try:
        age = years_between(file.patient.birthdate, file.startdate)
    except ValueError:  # one of the two is unknown
        age = None
    return patient_metadata(age_years=age, sex=fields[1])


def _refuse_extent(content: bytes, path: Path) -> None:
    """Holds what the header declares against what the file has, before anything is made of it."""
    signal_count = int(content[_SIGNAL_COUNT])
    if not 0 < signal_count <= _GREATEST_SIGNALS:
        raise UnreadableFileError(path, f"it declares {signal_count} signals; 1 to {_GREATEST_SIGNALS} can be read")
    if content[_VARIANT] in (b"EDF+D", b"BDF+D"):
        raise UnreadableFileError(path, "it has gaps (EDF+D); cut a part without any out of it")
    start = _MAIN_HEADER_BYTES + signal_count * _SAMPLE_COUNT_OFFSET
    counts = [
        int(content[start + index * _SAMPLE_COUNT_BYTES :][:_SAMPLE_COUNT_BYTES]) for index in range(signal_count)
    ]
    header_bytes = _MAIN_HEADER_BYTES + _SIGNAL_HEADER_BYTES * signal_count
    record_bytes = sum(counts) * _SAMPLE_BYTES[content[:8]]
    declared = header_bytes + int(content[_RECORD_COUNT]) * record_bytes
    if min(counts) < 0 or not record_bytes or int(content[_HEADER_BYTES]) != header_bytes:
        raise UnreadableFileError(path, "its header contradicts itself; export it again")
    if declared != len(content):
        raise UnreadableFileError(
            path, f"it has {len(content):,} bytes, but its header says {declared:,} (a truncated copy?); copy it again"
        )


def _recognises(head: bytes, _: Path) -> bool:
    return head[:8] in _SAMPLE_BYTES and len(head) >= _MAIN_HEADER_BYTES


EDF = FileFormat("EDF/BDF", (".edf", ".bdf"), _recognises, single(read_edf), extra="edf", modules=("edfio",))
