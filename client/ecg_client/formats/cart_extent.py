"""What files of carts declare, held against what they have, where the library that reads them takes memory for it."""

import base64
import importlib
import struct
from pathlib import Path

from ecg_client.errors import UnreadableFileError

# A lead of SCP-ECG has at most 65,535 bytes, and a sample at least one bit.
_GREATEST_SCP_SAMPLES = 8 * 0xFFFF
_SCP_POINTERS_START, _SCP_POINTER_BYTES, _SCP_HEADER_BYTES = 22, 10, 16
_SCP_LEADS, _SCP_BEAT_TIMES, _SCP_BEATS = 3, 4, 5
_MICROSECONDS_PER_MILLISECOND = 1000
# Of 12 leads for 2 minutes at 500 Hz; the format knows 10 seconds.
_GREATEST_SIERRA_BYTES = 1 << 21
_XLI_HEADER_BYTES = 8
_XLI_CODE_BITS = 10


def refuse_scp_extent(path: Path) -> None:
    """Checks how many samples an SCP-ECG file declares.

    Raises:
        UnreadableFileError: A lead, or a representative beat, has more than can be in one.
    """
    sections = _scp_sections(path.read_bytes())
    leads = sections.get(_SCP_LEADS, b"\0")
    for index in range(leads[0]):
        first, last = struct.unpack_from("<II", leads, 2 + 9 * index)
        if last - first >= _GREATEST_SCP_SAMPLES:
            raise UnreadableFileError(path, "a lead declares more samples than a lead of SCP-ECG can have")
    if _SCP_BEAT_TIMES in sections and _SCP_BEATS in sections:
        (beat_ms,) = struct.unpack_from("<H", sections[_SCP_BEAT_TIMES])
        (interval_us,) = struct.unpack_from("<H", sections[_SCP_BEATS], 2)
        if beat_ms * _MICROSECONDS_PER_MILLISECOND > _GREATEST_SCP_SAMPLES * interval_us:
            raise UnreadableFileError(path, "its representative beat declares more samples than it can have")


def _scp_sections(content: bytes) -> dict[int, bytes]:
    """The sections of a file without their headers, by their numbers."""
    (length,) = struct.unpack_from("<I", content, 10)
    end = min(len(content), 6 + length)
    pointers = (
        struct.unpack_from("<HII", content, start)
        for start in range(_SCP_POINTERS_START, end - _SCP_POINTER_BYTES + 1, _SCP_POINTER_BYTES)
    )
    return {
        number: content[index - 1 + _SCP_HEADER_BYTES : index - 1 + size]
        for number, size, index in pointers
        if number and size and index
    }


def refuse_sierra_extent(path: Path) -> None:
    """Checks that a Sierra file declares no entities, and that its packed waveforms do not unpack to any size.

    Raises:
        UnreadableFileError: They do.
    """
    # This parser is defusedxml's: it refuses entities, which could be made to grow without end.
    root = importlib.import_module("ecgdatakit.parsing.helpers.xml").parse_xml_root(path.read_bytes())
    left = _GREATEST_SIERRA_BYTES
    for element in root.iter():
        if str(element.tag).lower() == "parsedwaveforms" and _is_packed(element.attrib):
            left -= _unpacked_bytes(base64.b64decode("".join((element.text or "").split())), left)
            if left <= 0:
                raise UnreadableFileError(path, "its waveforms unpack to more than ten seconds of twelve leads")


def _is_packed(attributes: dict[str, str]) -> bool:
    return any("XLI" in value.upper() for value in attributes.values())


def _unpacked_bytes(content: bytes, limit: int) -> int:
    """How many bytes the chunks of a waveform unpack to; not counted beyond a limit."""
    decoder_of = importlib.import_module("ecgdatakit.parsing.codecs.lzw").LzwDecoder
    total, start = 0, 0
    while start + _XLI_HEADER_BYTES < len(content) and total < limit:
        (size,) = struct.unpack_from("<i", content, start)
        if size <= 0:
            break
        start += _XLI_HEADER_BYTES
        decoder = decoder_of(content[start : start + size], _XLI_CODE_BITS)
        while total < limit and decoder.read() >= 0:
            total += 1
        start += size
    return total
