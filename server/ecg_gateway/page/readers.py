"""The processes that read files for the page: started when needed, ended when a file makes one of them hang."""

import asyncio
import contextlib
import dataclasses
import gzip
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import orjson

from ecg_client.formats.file_format import Stated
from ecg_gateway.errors import BusyError
from ecg_gateway.page.reader_process import received_frame, send_frame

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
# Libraries for arithmetic would each start as many threads as there are cores, and reserve memory for them.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
_NOT_READ = "This file cannot be read: it keeps its reader busy without end, or needs all memory. Export it again."

logger = logging.getLogger(__name__)


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
class Reader:
    """One process, and the folder in memory in which the files lie while they are read.

    It blocks whoever calls it, so that happens in threads; and it is started by `subprocess`, which, unlike uvloop,
    forks in a way that gRPC need not know of.
    """

    process: subprocess.Popen[bytes]
    folder: Path

    @classmethod
    def started(cls) -> Self:
        """Start a process; its libraries load while it waits for its first request."""
        folder = Path(tempfile.mkdtemp(prefix="ecg-gateway-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
        process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-m", "ecg_gateway.page.reader_process", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_ONE_THREAD},
            # Ctrl-C is the gateway's; it then ends this process in its own way.
            start_new_session=True,
        )
        return cls(process, folder)

    def read(self, upload: Upload, *, is_compressed: bool) -> bytes:
        """Return the answer to an upload, as JSON.

        Raises:
            OSError: The process has ended.
            EOFError: Likewise.
        """
        requests, answers = self.process.stdin, self.process.stdout
        assert requests is not None  # noqa: S101 - a pipe was asked for
        assert answers is not None  # noqa: S101 - likewise
        request = {
            "files": list(upload.files),
            "sample_rate_hz": upload.stated.sample_rate_hz,
            "unit": upload.stated.unit,
            "is_compressed": is_compressed,
        }
        for content in (orjson.dumps(request), *upload.files.values()):
            send_frame(requests, content)
        requests.flush()
        answer = received_frame(answers)
        if not answer:
            raise EOFError
        return answer

    def end(self) -> None:
        """Kill the process, which frees whoever waits for it, and remove what it may have left."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Readers:
    """Processes that read files.

    Args:
        count: How many there may be at a time.
        seconds: How long one may take for an upload.
        wait_seconds: How long an upload may wait for one.

    Attributes:
        seconds: As above.
        idle: Those that wait for an upload.
    """

    def __init__(self, count: int = 2, seconds: float = 20.0, wait_seconds: float = 30.0) -> None:
        self.seconds = seconds
        self._wait_seconds = wait_seconds
        self.idle: list[Reader] = []
        self._free = asyncio.Semaphore(count)

    async def read(self, upload: Upload, *, is_compressed: bool) -> bytes:
        """Return what is in the files, in the form of `reading.read_files`, as JSON.

        Files that take too long, or end the process, are a problem like any other.

        Args:
            upload: The files.
            is_compressed: Whether the JSON is wanted by gzip.

        Raises:
            BusyError: All processes are at work on other files, and stay so.
        """
        try:
            async with self._reader() as reader, asyncio.timeout(self.seconds):
                return await asyncio.to_thread(reader.read, upload, is_compressed=is_compressed)
        except (TimeoutError, OSError, EOFError) as error:
            logger.warning("a file was not read: its reader ended", extra={"error": type(error).__name__})
            content = orjson.dumps(_unread(upload))
            return gzip.compress(content) if is_compressed else content

    async def warm_up(self) -> None:
        """Start a process, unless there is one, so that the first file need not wait for it."""
        if not self.idle and not self._free.locked():
            async with self._reader():
                pass

    async def close(self) -> None:
        """End all processes; none may be reading."""
        while self.idle:
            await _ended(self.idle.pop())

    @contextlib.asynccontextmanager
    async def _reader(self) -> AsyncIterator[Reader]:
        """Lend a process; whoever does not come to its end with it leaves it in a state that nobody knows."""
        async with self._turn():
            reader = self.idle.pop() if self.idle else await asyncio.to_thread(Reader.started)
            try:
                yield reader
            except BaseException:
                await asyncio.shield(_ended(reader))
                raise
            self.idle.append(reader)

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise BusyError from None
        try:
            yield
        finally:
            self._free.release()


async def _ended(reader: Reader) -> None:
    await asyncio.to_thread(reader.end)
    for pipe in (reader.process.stdin, reader.process.stdout):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()


def _unread(upload: Upload) -> dict[str, object]:
    problem = {"file": next(iter(upload.files)), "message": _NOT_READ, "is_ecg": True, "is_unstated": False}
    return {"recordings": [], "problems": [problem], "left_out_count": 0}
