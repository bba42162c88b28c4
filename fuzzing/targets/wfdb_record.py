"""Any bytes as the header of a WFDB record and its signal file: the header, a zero byte, the samples."""

import contextlib
from collections.abc import Sequence

from ecg_client.errors import EcgError
from ecg_client.formats.wfdb_record import read_wfdb_record
from fuzzing.targets.files import put

_SAMPLES = bytes(range(96))


def test_one_input(data: bytes) -> None:
    """Read a record."""
    header, _, samples = data.partition(b"\0")
    path = put("wfdb/r.hea", header)
    put("wfdb/r.dat", samples)
    with contextlib.suppress(EcgError):
        read_wfdb_record(path)


def seeds() -> Sequence[bytes]:
    """Return records in many formats, whole and wrong."""
    formats = ("16", "8", "80", "212", "310", "311", "24", "32", "61", "160", "16x2", "16:1", "16+4", "508", "516")
    records = [_record(sample_format) for sample_format in formats]
    others = [
        b"r 1 100 1000000000\nr.dat 16 200/mV 16 0 0 0 0 I\n",
        b"r/2 1 100 8\na 4\nb 4\n",
        b"r 1 500/500(0) 8 12:00:00 01/01/2000\nr.dat 16 1000.5(-3)/uV 16 0 -1 1 0 -aVR\n# a comment\n",
        "r 1 100 8\nr.dat 16 200/\u00b5V 16 0 0 0 0 V1\n".encode(),
    ]
    return [*records, *(other + b"\0" + _SAMPLES for other in others)]


def _record(sample_format: str) -> bytes:
    lines = [f"r.dat {sample_format} 200/mV 16 0 0 0 0 {name}" for name in ("I", "II")]
    return "\n".join(["r 2 100 8", *lines, ""]).encode() + b"\0" + _SAMPLES
