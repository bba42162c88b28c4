"""What the header of a WFDB record declares, held against the signal files before any of them is read.

A header of a hundred bytes can declare more samples than fit into any memory.
"""

from pathlib import Path
from typing import Any

from ecg_client.errors import UnreadableFileError

GREATEST_HEADER_BYTES = 1 << 20

# What a sample takes up at least, in bits. Of silence, FLAC (508, 516, 524) writes next to nothing.
_FLAC_BITS = 1 / 1024
_BITS_OF_FORMAT = {
    "8": 8,
    "80": 8,
    "16": 16,
    "61": 16,
    "160": 16,
    "24": 24,
    "32": 32,
    "212": 12,
    "310": 10,
    "311": 10,
    **dict.fromkeys(("508", "516", "524"), _FLAC_BITS),
}


def refuse_header_path(header: Path) -> None:
    """Checks a header's name and size.

    Raises:
        UnreadableFileError: It is larger than any header, or `wfdb` would take its name for an address.
    """
    if "::" in str(header) or "://" in str(header):
        raise UnreadableFileError(header, "its path holds colons, which name other places; rename it")
    if header.stat().st_size > GREATEST_HEADER_BYTES:
        raise UnreadableFileError(
            header, f"the header has more than {GREATEST_HEADER_BYTES} bytes; is it another file?"
        )


def refuse_extent(header: Any, path: Path) -> None:
    """Checks the signal files that a header names.

    Args:
        header: What `wfdb` parsed.
        path: The record.

    Raises:
        UnreadableFileError: A file is missing or too short, or is in a format that nobody knows.
    """
    names = list(dict.fromkeys(header.file_name or ()))
    missing = [name for name in names if not (path.parent / name).is_file()]
    if missing:
        raise UnreadableFileError(
            path, f"its .dat is missing (there is no {' and no '.join(missing)} beside the header)"
        )
    for name in names:
        _refuse_short(header, name, path)


def _refuse_short(header: Any, name: str, path: Path) -> None:
    channels = [index for index, other in enumerate(header.file_name) if other == name]
    sample_format = header.fmt[channels[0]]
    if sample_format not in _BITS_OF_FORMAT:
        raise UnreadableFileError(path, f"its samples are in the format {sample_format!r}; convert them to format 16")
    samples_per_frame = sum(header.samps_per_frame[index] or 1 for index in channels)
    # A channel that lags behind the others is made longer by as many frames.
    frames = (header.sig_len or 0) + max(header.skew[index] or 0 for index in channels)
    needed_bits = _BITS_OF_FORMAT[sample_format] * samples_per_frame * frames
    start = max(header.byte_offset[index] or 0 for index in channels)
    if needed_bits > 8 * ((path.parent / name).stat().st_size - start):
        raise UnreadableFileError(path, "the .dat is shorter than the header says (a truncated copy?)")
