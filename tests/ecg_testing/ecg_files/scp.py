"""SCP-ECG as EN 1064 lays it out: sections 0, 1, 2, 3 and 6, packed as carts pack it (second differences, Huffman)."""

import binascii
import struct
from pathlib import Path

from ecg_testing.ecg_files import NAMES, RATE_HZ, EcgFile, Microvolts

_CODES = (1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8)
_DEFAULT_TABLE = 19999
_PROTOCOL = 13
_NANOVOLTS_PER_STEP = 1000
_SECTION_COUNT = 12


def write_scp(path: Path, microvolts: Microvolts) -> None:
    """Write one step to the microvolt."""
    path.write_bytes(
        file_of(
            {1: _patient(), 2: struct.pack("<H", _DEFAULT_TABLE), 3: leads(microvolts.shape[0]), 6: rhythm(microvolts)}
        )
    )


def file_of(bodies: dict[int, bytes]) -> bytes:
    """Return a file of sections, given what is in each."""
    sections = {number: _section(number, body) for number, body in bodies.items()}
    length = 16 + 10 * _SECTION_COUNT
    index = 7 + length
    pointers = struct.pack("<HII", 0, length, 7)
    for number in range(1, _SECTION_COUNT):
        size = len(sections.get(number, b""))
        pointers += struct.pack("<HII", number, size, index if size else 0)
        index += size
    content = _section(0, pointers) + b"".join(sections[number] for number in sorted(sections))
    content = struct.pack("<I", 6 + len(content)) + content
    return struct.pack("<H", binascii.crc_hqx(content, 0xFFFF)) + content


def leads(count: int) -> bytes:
    """Return section 3: twelve leads at once, with this many samples each."""
    return bytes((len(NAMES), 4 | len(NAMES) << 3)) + b"".join(struct.pack("<IIB", 1, count, code) for code in _CODES)


def rhythm(microvolts: Microvolts) -> bytes:
    """Return section 6."""
    packed = [_packed(column.tolist()) for column in microvolts.T]
    head = struct.pack("<HHBB", _NANOVOLTS_PER_STEP, 1_000_000 // RATE_HZ, 2, 0)
    return head + b"".join(struct.pack("<H", len(one)) for one in packed) + b"".join(packed)


def _section(number: int, body: bytes) -> bytes:
    body += bytes(len(body) % 2)
    rest = struct.pack("<HIBB6x", number, 16 + len(body), _PROTOCOL, _PROTOCOL) + body
    return struct.pack("<H", binascii.crc_hqx(rest, 0xFFFF)) + rest


def _patient() -> bytes:
    machine = bytes(14) + bytes((_PROTOCOL, 0xA0)) + bytes(20) + b"\0" * 5
    tags = (
        (0, b"Doe\0"),
        (1, b"Jane\0"),
        (2, b"MRN7\0"),
        (4, struct.pack("<HB", 61, 1)),
        (8, b"\2"),
        (14, machine),
        (255, b""),
    )
    return b"".join(struct.pack("<BH", tag, len(value)) + value for tag, value in tags)


def _packed(samples: list[int]) -> bytes:
    """Two samples and then second differences, by the Huffman table that the standard gives."""
    seconds = [
        one - 2 * before + second for one, before, second in zip(samples[2:], samples[1:], samples, strict=False)
    ]
    bits = "".join(map(_code, [*samples[:2], *seconds]))
    bits += "0" * (-len(bits) % 16)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _code(value: int) -> str:
    if abs(value) <= 8:
        return "1" * abs(value) + "0" + ("" if value == 0 else str(int(value < 0)))
    if -128 <= value < 128:
        return "1111111110" + f"{value & 0xFF:08b}"
    return "1111111111" + f"{value & 0xFFFF:016b}"


FILES = (EcgFile("a.scp", write_scp, "cart", "ecgdatakit", has_patient=True),)
