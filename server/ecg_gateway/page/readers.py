"""The processes that read files for the page: started when they are needed, ended when a file makes one of them hang."""

import asyncio
import contextlib
import dataclasses
import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

from ecg_client.formats.file_format import Stated
from ecg_gateway.page.reader_process import LENGTH_BYTES

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_BUFFER_BYTES = 1 << 20
# Libraries for arithmetic would each start as many threads as there are cores, and reserve memory for them.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


class ReadingFailedError(Exception):
    """The process that read the files hung, or ended."""


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

    async def read(self, upload: Upload) -> bytes:
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
        }
        for content in (json.dumps(request).encode(), *upload.files.values()):
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
    """Processes that read files, at most `count` of them at a time.

    Args:
        count: How many there may be.
        seconds: How long one may take for an upload.
    """

    def __init__(self, count: int = 2, seconds: float = 20.0) -> None:
        self._seconds = seconds
        self._free = asyncio.Semaphore(count)
        self._idle: list[_Reader] = []

    async def read(self, upload: Upload) -> bytes:
        """Return what is in the files, as JSON in the form of `read_files`.

        Raises:
            ReadingFailedError: It took too long, or ended the process.
        """
        async with self._reader() as reader:
            try:
                async with asyncio.timeout(self._seconds):
                    return await reader.read(upload)
            except (TimeoutError, OSError, EOFError) as error:
                raise ReadingFailedError from error

    async def warm_up(self) -> None:
        """Start a process, so that the first file need not wait for one."""
        async with self._reader():
            pass

    async def close(self) -> None:
        """End all processes that are idle."""
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
