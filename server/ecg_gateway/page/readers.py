"""The processes that read files for the page: started when needed, ended when a file makes one of them hang."""

import asyncio
import contextlib
import dataclasses
import gzip
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import orjson

from ecg_client.formats.file_format import Stated
from ecg_gateway.page.reader_process import LENGTH_BYTES

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_BUFFER_BYTES = 1 << 20
# Libraries for arithmetic would each start as many threads as there are cores, and reserve memory for them.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
_NOT_READ = "This file cannot be read: it keeps its reader busy without end, or needs all memory. Export it again."


@dataclasses.dataclass(frozen=True, slots=True)
class Upload:
    """Files that belong together, and what is stated of them.

    Attributes:
        files: Content by name.
        stated: The sample rate and the unit, where the files do not say them.
    """

    files: dict[str, bytes]
    stated: Stated


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """One process, and the folder in memory in which the files lie while they are read."""

    process: asyncio.subprocess.Process
    folder: Path

    @classmethod
    async def started(cls) -> Self:
        """Start a process; its libraries load while it waits for its first request."""
        folder = Path(tempfile.mkdtemp(prefix="ecg-gateway-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ecg_gateway.page.reader_process", str(folder)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_BUFFER_BYTES,
            env={**os.environ, **_ONE_THREAD},
            # Ctrl-C is the gateway's; it then ends this process in its own way.
            start_new_session=True,
        )
        return cls(process, folder)

    async def read(self, upload: Upload, *, is_compressed: bool) -> bytes:
        """Return the answer to an upload, as JSON.

        Raises:
            OSError: The process has ended.
            EOFError: Likewise.
        """
        to_process, from_process = self.process.stdin, self.process.stdout
        assert to_process is not None  # noqa: S101 - a pipe was asked for
        assert from_process is not None  # noqa: S101 - likewise
        request = {
            "files": list(upload.files),
            "sample_rate_hz": upload.stated.sample_rate_hz,
            "unit": upload.stated.unit,
            "is_compressed": is_compressed,
        }
        for content in (orjson.dumps(request), *upload.files.values()):
            to_process.write(len(content).to_bytes(LENGTH_BYTES, "little"))
            to_process.write(content)
            await to_process.drain()
        length = await from_process.readexactly(LENGTH_BYTES)
        return await from_process.readexactly(int.from_bytes(length, "little"))

    async def end(self) -> None:
        """Kill the process, and remove what it may have left."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Readers:
    """Processes that read files.

    Args:
        count: How many there may be at a time.
        seconds: How long one may take for an upload.
    """

    def __init__(self, count: int = 2, seconds: float = 20.0) -> None:
        self._seconds = seconds
        self._free = asyncio.Semaphore(count)
        self._idle: list[_Reader] = []

    async def read(self, upload: Upload, *, is_compressed: bool) -> bytes:
        """Return what is in the files, in the form of `reading.read_files`, as JSON.

        Files that take too long, or end the process, are a problem like any other.

        Args:
            upload: The files.
            is_compressed: Whether the JSON is wanted by gzip.
        """
        try:
            async with self._reader() as reader, asyncio.timeout(self._seconds):
                return await reader.read(upload, is_compressed=is_compressed)
        except (TimeoutError, OSError, EOFError):
            content = orjson.dumps(_unread(upload))
            return gzip.compress(content) if is_compressed else content

    async def warm_up(self) -> None:
        """Start a process, so that the first file need not wait for one."""
        async with self._reader():
            pass

    async def close(self) -> None:
        """End all processes; none may be reading."""
        while self._idle:
            await self._idle.pop().end()

    @contextlib.asynccontextmanager
    async def _reader(self) -> AsyncIterator[_Reader]:
        """Lend a process; whoever does not come to its end with it leaves it in a state that nobody knows."""
        async with self._free:
            reader = self._idle.pop() if self._idle else await _Reader.started()
            try:
                yield reader
            except BaseException:
                await asyncio.shield(reader.end())
                raise
            self._idle.append(reader)


def _unread(upload: Upload) -> dict[str, object]:
    problem = {"file": next(iter(upload.files)), "message": _NOT_READ, "is_ecg": True, "is_unstated": False}
    return {"recordings": [], "problems": [problem], "left_out_count": 0}
