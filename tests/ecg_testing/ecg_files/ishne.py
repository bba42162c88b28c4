"""ISHNE Holter files as Badilini (1998) lays them out."""

import binascii
import struct
from pathlib import Path

from ecg_testing.ecg_files import RATE_HZ, EcgFile, Microvolts

_CODES = (5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
_NANOVOLTS_PER_STEP = 500
_HEADER_BYTES = 522


def write_ishne(path: Path, microvolts: Microvolts) -> None:
    """Write two steps to the microvolt."""
    path.write_bytes(ishne_of(len(microvolts)) + (2 * microvolts).astype("<i2").tobytes())


def ishne_of(sample_count: int) -> bytes:
    """Return the magic, the sum and the header."""
    header = struct.pack("<4ih", 0, sample_count, _HEADER_BYTES, _HEADER_BYTES, 1)
    header += struct.pack("<40s40s20shh", b"Jane", b"Doe", b"MRN7", 2, 0)
    header += struct.pack("<12h", 1, 5, 1960, 1, 6, 2021, 1, 6, 2021, 9, 30, 0)
    header += struct.pack("<h12h12h12h", 12, *_CODES, *[1] * 12, *[_NANOVOLTS_PER_STEP] * 12)
    header += struct.pack("<h40sh80s80s88x", 0, b"digital", RATE_HZ, b"", b"")
    return b"ISHNE1.0" + struct.pack("<H", binascii.crc_hqx(header, 0xFFFF)) + header


FILES = (EcgFile("a.ecg", write_ishne, "cart", "ecgdatakit", resolution_uv=0.001, has_patient=True),)
