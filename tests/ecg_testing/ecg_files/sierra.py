"""Philips Sierra XML 1.04, plain and packed (XLI: second differences, LZW), as its open-source readers describe it."""

import base64
import struct
from pathlib import Path

import numpy as np

from ecg_testing.ecg_files import NAMES, RATE_HZ, EcgFile, Microvolts

_CODE_BITS = 10


def write_sierra(path: Path, microvolts: Microvolts) -> None:
    """Write one step to the microvolt, unpacked."""
    path.write_text(sierra_of(microvolts.T.astype("<i2").tobytes(), len(microvolts), ""))


def write_packed_sierra(path: Path, microvolts: Microvolts) -> None:
    """Write one step to the microvolt, packed; the leads that follow from I and II as what remains of them."""
    path.write_text(sierra_of(packed(microvolts), len(microvolts), 'compressflag="True" compressmethod="XLI"'))


def sierra_of(content: bytes, sample_count: int, packing: str) -> str:
    """Return the document."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<restingecgdata xmlns="http://www3.medical.philips.com">
<documentinfo><documenttype>SierraECG</documenttype><documentversion>1.04</documentversion></documentinfo>
<patient><generalpatientdata><patientid>MRN7</patientid><age><years>61</years></age><sex>Female</sex>
<name><lastname>Doe</lastname><firstname>Jane</firstname></name></generalpatientdata></patient>
<dataacquisition date="2021-06-01" time="09:30:00"><signalcharacteristics><samplingrate>{RATE_HZ}</samplingrate>
<resolution>1</resolution><signaloffset>0</signaloffset><signalsigned>True</signalsigned>
<numberchannelsvalid>12</numberchannelsvalid></signalcharacteristics></dataacquisition>
<waveforms><parsedwaveforms samplespersecond="{RATE_HZ}" durationperchannel="{1000 * sample_count // RATE_HZ}"
 leadlabels="{" ".join(NAMES)}" numberofleads="12" resolution="1" dataencoding="Base64" {packing}>
{base64.encodebytes(content).decode()}</parsedwaveforms></waveforms>
</restingecgdata>
"""


def packed(microvolts: Microvolts) -> bytes:
    """Return what XLI makes of twelve leads."""
    columns = microvolts.astype(int).T.copy()
    first, second, third = columns[:3].copy()
    columns[2] = second - first - third
    columns[3] = -columns[3] - (first + second) // 2
    columns[4] = (first - third) // 2 - columns[4]
    columns[5] = (second + third) // 2 - columns[5]
    return b"".join(_chunk(column.tolist()) for column in columns)


def _chunk(samples: list[int]) -> bytes:
    slopes = [2 * one - before - after for before, one, after in zip(samples, samples[1:], samples[2:], strict=False)]
    codes = np.array([*samples[:2], *(slope + 64 for slope in slopes[1:]), 64]).astype(np.int16).view(np.uint16)
    bytes_apart = np.concatenate([codes >> 8, codes & 0xFF]).tolist()
    # Every code stands for itself: LZW that has not found anything twice.
    bits = "".join(f"{one:0{_CODE_BITS}b}" for one in bytes_apart)
    bits += "1" * (-len(bits) % 8)
    content = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return struct.pack("<iHh", len(content), 0, slopes[0]) + content


FILES = (
    EcgFile("a-sierra.xml", write_sierra, "cart", "ecgdatakit", has_patient=True),
    EcgFile("a-packed.xml", write_packed_sierra, "cart", "ecgdatakit", has_patient=True),
)
