"""12-lead ECG waveforms in DICOM, written by pydicom, with the median beat that carts add."""

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, TwelveLeadECGWaveformStorage, generate_uid

from ecg_testing.ecg_files import NAMES, RATE_HZ, EcgFile, Microvolts

_CODES = ("2:1", "2:2", "2:61", "2:62", "2:63", "2:64", "2:3", "2:4", "2:5", "2:6", "2:7", "2:8")
_UV_PER_STEP = 0.5


def write_dicom(path: Path, microvolts: Microvolts, *, with_rhythm: bool = True, **changes: object) -> None:
    """Write the median beat first and then the rhythm; `changes` go to each channel of the rhythm."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = TwelveLeadECGWaveformStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["ecg"])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=bytes(128))
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.Modality = "ECG"
    dataset.PatientName, dataset.PatientID = "Doe^Jane", "MRN7"
    dataset.PatientAge, dataset.PatientSex = "061Y", "F"
    beat = group_of(-microvolts[:600], "MEDIAN BEAT", "DERIVED", {})
    rhythm = group_of(microvolts, "RHYTHM", "ORIGINAL", changes)
    dataset.WaveformSequence = Sequence([beat, rhythm] if with_rhythm else [beat])
    dataset.save_as(path, enforce_file_format=True)


def group_of(microvolts: Microvolts, label: str, originality: str, changes: dict[str, object]) -> Dataset:
    """Return a multiplex group."""
    group = Dataset()
    group.MultiplexGroupLabel, group.WaveformOriginality = label, originality
    group.NumberOfWaveformSamples, group.NumberOfWaveformChannels = microvolts.shape
    group.SamplingFrequency = RATE_HZ
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.ChannelDefinitionSequence = Sequence(
        [_channel(name, code, changes) for name, code, _ in zip(NAMES, _CODES, microvolts.T, strict=False)]
    )
    group.WaveformData = np.rint(microvolts / _UV_PER_STEP).astype("<i2").tobytes()
    return group


def _channel(name: str, code: str, changes: dict[str, object]) -> Dataset:
    source, unit, channel = Dataset(), Dataset(), Dataset()
    source.CodeValue, source.CodingSchemeDesignator, source.CodeMeaning = code, "MDC", f"Lead {name}"
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "uV", "UCUM", "microvolt"
    channel.ChannelSourceSequence, channel.ChannelSensitivityUnitsSequence = Sequence([source]), Sequence([unit])
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor = _UV_PER_STEP, 1
    channel.ChannelBaseline, channel.WaveformBitsStored = 0, 16
    for name_of_element, value in changes.items():
        setattr(channel, name_of_element, value)
    return channel


FILES = (EcgFile("a.dcm", write_dicom, "dicom", "pydicom", has_patient=True),)
