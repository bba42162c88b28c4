"""What was measured: read from the tables of docs/benchmarks.md, and from what a recording is on the wire."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ecg_client.convert import recording_to_proto
from ecg_client.formats.synthetic import generate_recording
from ecg_client.recording import Recording
from ecg_model.bundle import SHIPPED_BUNDLES

UNARY = "This server: single calls"
CALL = "32 callers, AsyncEcgClient, onnx"
STREAMS = "This server: streams"
STREAM = "one stream, int16, EcgClient"
START = "Start-up and memory"
SERVER = "this server, onnx"
AUDIT = re.compile(r"grow by about (\d+) bytes a recording")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one recording costs, of 10 s at 100 Hz in 12 leads, with the default model.

    Attributes:
        call_core_ms: processor time of the server for a single call, in milliseconds of one core.
        call_spread: how far the slowest hundredth of single calls lies above the median, as a ratio.
        stream_core_ms: processor time of the server for a recording of a stream, likewise.
        server_mb: memory of a server after work, in 10^6 bytes.
        start_s: from a server's start to SERVING, in seconds.
        int16_bytes: a recording on the wire, as the client sends it.
        float32_bytes: the same with samples of 32 bits.
        audit_bytes: a line of the audit log.
        model_bytes: what a server reads to change its model.
    """

    call_core_ms: float
    call_spread: float
    stream_core_ms: float
    server_mb: float
    start_s: float
    int16_bytes: int
    float32_bytes: int
    audit_bytes: int
    model_bytes: int


def read_measured(benchmarks: Path, operations: Path) -> Measured:
    """Return what two documents and the files of the default model say.

    Raises:
        ValueError: a document has no such table or figure any more.
    """
    text = benchmarks.read_text(encoding="utf-8")
    audit = AUDIT.search(operations.read_text(encoding="utf-8"))
    if audit is None:
        raise ValueError(f"{operations} does not say any more by how many bytes the audit log grows")
    call, stream, server = (row_of(text, *one) for one in ((UNARY, CALL), (STREAMS, STREAM), (START, SERVER)))
    recording = generate_recording(0)
    floats = Recording(recording.signal.astype(np.float32) / 1000, 100.0)
    return Measured(
        call_core_ms=call["server CPU, ms each"],
        call_spread=call["p99, ms"] / call["p50, ms"],
        stream_core_ms=stream["server CPU, ms each"],
        server_mb=server["RSS after, MB"],
        start_s=server["start, s"],
        int16_bytes=recording_to_proto(recording).ByteSize(),
        float32_bytes=recording_to_proto(floats).ByteSize(),
        audit_bytes=int(audit[1]),
        model_bytes=sum(path.stat().st_size for path in (SHIPPED_BUNDLES / "ensemble").glob("*.onnx")),
    )


def row_of(text: str, title: str, label: str) -> dict[str, float]:
    """Return the figures of a row by the heads of their columns; of a spread the median.

    Raises:
        ValueError: there is no such table, or no such row.
    """
    _, found, section = text.partition(f"### {title}\n")
    lines = [line.strip("| ").split(" | ") for line in section.partition("\n#")[0].splitlines() if line.startswith("|")]
    for cells in lines[2:]:
        if found and cells[0].strip() == label:
            heads = [head.strip() for head in lines[0]]
            # The first head is empty, and went with the bar before it.
            return {head: _figure(cell) for head, cell in zip(heads[-len(cells) + 1 :], cells[1:], strict=True)}
    raise ValueError(f"there is no row {label!r} in a table {title!r}; run `python -m benchmarks --document`")


def _figure(cell: str) -> float:
    number = re.match(r"\s*(-?[\d,]+(?:\.\d+)?)", cell)
    return float(number[1].replace(",", "")) if number else float("nan")
