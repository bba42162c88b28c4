"""A process that reads files for the gateway: `python -m ecg_gateway.page.reader_process FOLDER`.

A file that makes a library hang or take all memory costs this process, and not the gateway. Requests come through
standard input, answers go through standard output, both framed as below. What libraries print goes nowhere: it may
hold parts of a file. The process ends with its standard input, and takes FOLDER with it.

A frame is its length in eight bytes, the least first, and then as many bytes. A request is a frame of JSON (`files`,
the names; `sample_rate_hz`; `unit`; `is_compressed`) and a frame for each file; an answer is a frame of JSON, as
`read_files` has it, as it is or by gzip.
"""

import contextlib
import gzip
import importlib
import os
import select
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO

import orjson

from ecg_client.formats.catalogue import FORMATS
from ecg_client.formats.file_format import Stated
from ecg_gateway.page.reading import read_files

GREATEST_MEMORY_BYTES = 4 << 30
"""Address space that the process may take up; libraries reserve more than they use."""

_COMPRESSION_LEVEL = 1
_OUT_OF_MEMORY = Path("/proc/self/oom_score_adj")
_FIRST_TO_GO = "1000"
_LENGTH_BYTES = 8


def serve(folder: Path, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until there are no more; files lie in a folder of their own, only while they are read."""
    while frame := received_frame(requests):
        request = orjson.loads(frame)
        with tempfile.TemporaryDirectory(dir=folder) as files:
            for name in request["files"]:
                (Path(files) / name).write_bytes(received_frame(requests))
            answer = read_files(Path(files), Stated(request["sample_rate_hz"], request["unit"]))
        content = orjson.dumps(answer)
        if request["is_compressed"]:
            content = gzip.compress(content, _COMPRESSION_LEVEL)
        send_frame(answers, content)
        answers.flush()


def send_frame(stream: IO[bytes], content: bytes) -> None:
    """Write a frame."""
    stream.write(len(content).to_bytes(_LENGTH_BYTES, "little"))
    stream.write(content)


def received_frame(stream: IO[bytes]) -> bytes:
    """Return what is in the next frame; nothing where there is none."""
    return stream.read(int.from_bytes(stream.read(_LENGTH_BYTES), "little"))


def _limit_memory() -> None:
    if sys.platform != "win32":
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (GREATEST_MEMORY_BYTES, GREATEST_MEMORY_BYTES))
    # A machine may have less than that: then this process ends, and neither the gateway nor the service beside it.
    with contextlib.suppress(OSError):
        _OUT_OF_MEMORY.write_text(_FIRST_TO_GO, encoding="ascii")


def _load_readers(requests: IO[bytes]) -> None:
    """Import what reads files until the first of them is there, which needs but one; what is missing is said then."""
    for module in {module: None for one in FORMATS for module in one.modules}:
        if _has_come(requests):
            return
        with contextlib.suppress(ImportError):
            importlib.import_module(module)


def _has_come(requests: IO[bytes]) -> bool:
    # Windows cannot tell of a pipe.
    return sys.platform != "win32" and bool(select.select([requests], [], [], 0)[0])


def main() -> None:
    """Serve the gateway that started this process."""
    folder = Path(sys.argv[1])
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _limit_memory()
    try:
        _load_readers(sys.stdin.buffer)
        serve(folder, sys.stdin.buffer, answers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
