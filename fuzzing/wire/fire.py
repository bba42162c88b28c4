"""Opens connections, sends what an attack says, and takes no notice of the answers."""

import asyncio
import contextlib
import random

from fuzzing.wire.http2 import METHOD, PREFACE, SETTINGS, Attack, frame

CONNECTIONS = 4
# Whatever an attack has to say, it does not take longer.
ATTACK_SECONDS = 5
_FLUSH_BYTES = 1 << 16


async def attack(port: int, one: Attack, number: int) -> None:
    """Run an attack over some connections at once, to its end or until the server hangs up."""
    sources = [random.Random(number + index) for index in range(CONNECTIONS)]  # noqa: S311 - repeatable, not secret
    await asyncio.gather(*(_send(port, one, source) for source in sources))


async def _send(port: int, one: Attack, source: random.Random) -> None:
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(ATTACK_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            discarding = asyncio.create_task(_discard(reader))
            try:
                waiting = b""
                for piece in one(source):
                    waiting += piece
                    if writer.transport.is_closing():
                        return
                    if len(waiting) > _FLUSH_BYTES:
                        writer.write(waiting)
                        await writer.drain()
                        waiting = b""
                writer.write(waiting)
                await writer.drain()
                await asyncio.sleep(0.2)
            finally:
                discarding.cancel()
                writer.close()


async def _discard(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(OSError):
        while await reader.read(_FLUSH_BYTES):
            pass


class Loiterers:
    """Connections that are open and say next to nothing, a byte at a time.

    Args:
        port: of the server.
        count: how many.
    """

    def __init__(self, port: int, count: int) -> None:
        self._port = port
        self._count = count
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> None:
        self._tasks = [asyncio.create_task(self._loiter(index)) for index in range(self._count)]
        await asyncio.sleep(0.5)

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _loiter(self, index: int) -> None:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                for byte in (PREFACE + frame(SETTINGS, 0, 0) + METHOD) * (index % 3):
                    if writer.transport.is_closing():
                        return
                    writer.write(bytes([byte]))
                    await asyncio.sleep(0.05)
                await asyncio.sleep(3600)
            finally:
                writer.close()
