"""DICOM waveforms: 12-lead ECG, general ECG and what else has ECG leads in a multiplex group."""

import importlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.channels import Channel, recording_of
from ecg_client.formats.file_format import FileFormat, Stated, single
from ecg_client.formats.leads import lead_of
from ecg_client.formats.patients import patient_metadata, years_between
from ecg_client.recording import PatientMetadata, Recording

_MAGIC_START, _MAGIC = 128, b"DICM"
_DEFLATED = "1.2.840.10008.1.2.1.99"
_SAMPLE_TYPES = {(8, "SB"): "<i1", (8, "UB"): "<u1", (16, "SS"): "<i2", (16, "US"): "<u2", (32, "SL"): "<i4"}
# The codes of leads in the schemes MDC ("2:1") and SCPECG ("5.6.3-9-1"), which end alike.
_LEAD_CODE = re.compile(r"(?:2:|5\.6\.3-9-)(?P<lead>\d+)")
_LEAD_OF_CODE = {
    **dict(zip(("1", "2", "61", "62", "63", "64", "65"), ("I", "II", "III", "aVR", "aVL", "aVF", "-aVR"), strict=True)),
    **{str(number + 2): f"V{number}" for number in range(1, 7)},
}
_REPRESENTATIVE = ("MEDIAN", "REPRESENTATIVE", "AVERAGE", "TEMPLATE")
_LEAST_RHYTHM_S = 2.5
_CENTIMETRES_PER_METRE = 100.0
_YEARS_OF_UNIT = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}
_AGE = re.compile(r"(\d{3})([YMWD])")


def read_dicom(path: Path, _: Stated = Stated()) -> Recording:  # noqa: B008 - it is frozen
    """Reads the rhythm of a DICOM file, its leads and the patient's age, sex, height and weight.

    Of several multiplex groups the one with the most standard leads is taken, and of those the longest; groups of
    representative beats are not. A remark says that there are others.

    Raises:
        UnreadableFileError: It is no waveform, is deflated, holds fewer samples than it declares, or only
            representative beats; see also `recording_of`.
    """
    pydicom = importlib.import_module("pydicom")
    meta = pydicom.filereader.read_file_meta_info(path)
    if meta.get("TransferSyntaxUID") == _DEFLATED:
        raise UnreadableFileError(path, "it is deflated; save it in an uncompressed transfer syntax")
    dataset = pydicom.dcmread(path)
    if not dataset.get("WaveformSequence"):
        raise UnreadableFileError(path, "it is DICOM, but holds no waveform (an image, a report, or cut short?)")
    groups = [group for group in dataset.WaveformSequence if not _is_representative(group)]
    if not groups:
        raise UnreadableFileError(path, "it holds representative beats only; export the rhythm, ten seconds of it")
    group = max(groups, key=_rank)
    others = len(groups) - 1
    return recording_of(
        _channels(group, path),
        float(group.SamplingFrequency),
        path,
        metadata=_metadata(dataset),
        remarks=[f"waveforms left out, for they have fewer leads or are shorter: {others}"] if others else [],
    )


def _is_representative(group: Any) -> bool:
    label = str(group.get("MultiplexGroupLabel", "")).upper()
    is_short = group.NumberOfWaveformSamples / group.SamplingFrequency < _LEAST_RHYTHM_S
    return any(word in label for word in _REPRESENTATIVE) or (
        is_short and group.get("WaveformOriginality") == "DERIVED"
    )


def _rank(group: Any) -> tuple[int, bool, float]:
    leads = {lead_of(_name(definition)) for definition in group.ChannelDefinitionSequence} - {None}
    is_original = group.get("WaveformOriginality") != "DERIVED"
    return len(leads), is_original, group.NumberOfWaveformSamples / group.SamplingFrequency


def _channels(group: Any, path: Path) -> list[Channel]:
    definitions = group.ChannelDefinitionSequence
    samples = _samples(group, len(definitions), path)
    return [_channel(definition, samples[:, index]) for index, definition in enumerate(definitions)]


def _samples(group: Any, channel_count: int, path: Path) -> npt.NDArray[Any]:
    kind = (group.WaveformBitsAllocated, group.WaveformSampleInterpretation)
    if kind not in _SAMPLE_TYPES:
        raise UnreadableFileError(path, "its samples are in an encoding that cannot be read; export 16-bit integers")
    expected = group.NumberOfWaveformSamples * channel_count
    samples = np.frombuffer(group.WaveformData, dtype=_SAMPLE_TYPES[kind])
    if group.NumberOfWaveformChannels != channel_count or samples.size < expected:
        raise UnreadableFileError(path, "it holds fewer channels or samples than it declares (a truncated copy?)")
    samples = samples[:expected].reshape(-1, channel_count)
    padding = group.get("WaveformPaddingValue")
    if padding is None:
        return samples
    if isinstance(padding, bytes):
        padding = np.frombuffer(padding, dtype=_SAMPLE_TYPES[kind])[0]
    return np.where(samples == padding, np.nan, samples) if (samples == padding).any() else samples


def _channel(definition: Any, samples: npt.NDArray[Any]) -> Channel:
    units = definition.get("ChannelSensitivityUnitsSequence")
    scale = float(definition.get("ChannelSensitivity") or 1)
    correction = float(definition.get("ChannelSensitivityCorrectionFactor") or 1)
    return Channel(
        _name(definition),
        samples,
        str(units[0].CodeValue) if units else "",
        scale * correction,
        float(definition.get("ChannelBaseline") or 0),
    )


def _name(definition: Any) -> str:
    """The name of a channel: by its code where that is of a lead, otherwise as it is written."""
    source = definition.ChannelSourceSequence[0] if definition.get("ChannelSourceSequence") else {}
    match = _LEAD_CODE.fullmatch(str(source.get("CodeValue", "")))
    if match and match["lead"] in _LEAD_OF_CODE:
        return _LEAD_OF_CODE[match["lead"]]
    return str(source.get("CodeMeaning") or definition.get("ChannelLabel") or "")


def _metadata(dataset: Any) -> PatientMetadata:
    height = dataset.get("PatientSize")
    weight = dataset.get("PatientWeight")
    return patient_metadata(
        age_years=_age_years(dataset),
        sex=str(dataset.get("PatientSex") or ""),
        height_cm=None if height is None else float(height) * _CENTIMETRES_PER_METRE,
        weight_kg=None if weight is None else float(weight),
    )


def _age_years(dataset: Any) -> float | None:
    match = _AGE.fullmatch(str(dataset.get("PatientAge") or "").strip())
    if match:
        return int(match[1]) * _YEARS_OF_UNIT[match[2]]
    born, day = _date(dataset.get("PatientBirthDate")), _date(dataset.get("StudyDate"))
    return years_between(born, day) if born and day else None


def _date(text: Any) -> Any:
    valuerep = importlib.import_module("pydicom.valuerep")
    try:
        return valuerep.DA(text) if text else None
    except ValueError:
        return None


def _recognises(head: bytes, _: Path) -> bool:
    return head[_MAGIC_START : _MAGIC_START + len(_MAGIC)] == _MAGIC


DICOM = FileFormat("DICOM", (".dcm",), _recognises, single(read_dicom), extra="dicom", modules=("pydicom",))
