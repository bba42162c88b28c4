"""A TCP proxy that resets its connections when it is told to, and can send new ones elsewhere."""

import asyncio
import enum
import socket
import struct
import threading
from typing import Self, cast

_LINGER_NOT = struct.pack("ii", 1, 0)  # closed so, a socket sends RST and forgets what it had still to send


class Side(enum.Enum):
    """Who is told of a cut by a reset; the other one's connection ends in order."""

    CLIENT = "client"
    SERVER = "server"
    BOTH = "both"


class CuttingProxy:
    """Passes bytes on between clients and a server, until it is told to cut.

    Args:
        target: HOST:PORT of the server.

    Attributes:
        address: where it listens.
        accepted: connections that it has taken so far.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._pairs: set[_ClientSide] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cutting-proxy", daemon=True)
        self.address = ""
        self.accepted = 0

    def __enter__(self) -> Self:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._server = server
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self, side: Side = Side.BOTH) -> int:
        """Reset every connection; return how many there were."""
        return asyncio.run_coroutine_threadsafe(self._cut(side), self._loop).result()

    def retarget(self, target: str) -> None:
        """Send connections from now on to another server; those that are open stay."""
        self._target = target

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(lambda: _ClientSide(self), "127.0.0.1", 0)

    async def _cut(self, side: Side) -> int:
        pairs = [pair for pair in self._pairs if pair.is_open]
        for pair in pairs:
            pair.cut(side)
        return len(pairs)

    async def _close(self) -> None:
        self._server.close()
        await self._cut(Side.BOTH)
        await asyncio.sleep(0)  # transports tell their protocols that they are closed in the next turn
        await asyncio.sleep(0)

    def _connect(self, client: "_ClientSide") -> asyncio.Task[None]:
        self._pairs.add(client)
        self.accepted += 1
        return self._loop.create_task(self._dial(client))

    async def _dial(self, client: "_ClientSide") -> None:
        host, _, port = self._target.rpartition(":")
        try:
            await self._loop.create_connection(lambda: client.server, host, int(port))
        except OSError:
            client.end(is_reset=True)
        else:
            client.resume_reading()

    def _forget(self, client: "_ClientSide") -> None:
        self._pairs.discard(client)


class _End(asyncio.Protocol):
    """One end of a connection that is passed on; what one end receives the other one writes."""

    def __init__(self) -> None:
        self.other: _End = self
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.other.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        self.other.end(is_reset=error is not None)

    def pause_writing(self) -> None:
        if self.other._transport is not None:  # noqa: SLF001 - it is the same class
            self.other._transport.pause_reading()  # noqa: SLF001

    def resume_writing(self) -> None:
        self.other.resume_reading()

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def resume_reading(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def end(self, *, is_reset: bool) -> None:
        if self._transport is None:
            return
        if is_reset:
            connection: socket.socket = self._transport.get_extra_info("socket")
            if not self._transport.is_closing():
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            self._transport.abort()
        else:
            self._transport.close()


class _ClientSide(_End):
    """The end towards a client; it makes the one towards the server."""

    def __init__(self, proxy: CuttingProxy) -> None:
        super().__init__()
        self._proxy = proxy
        self._dialling: asyncio.Task[None] | None = None
        self.server = _End()
        self.server.other, self.other = self, self.server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        cast("asyncio.Transport", transport).pause_reading()
        self._dialling = self._proxy._connect(self)  # noqa: SLF001 - its own part

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        if self._dialling is not None:
            self._dialling.cancel()
        self._proxy._forget(self)  # noqa: SLF001 - its own part

    def cut(self, side: Side) -> None:
        self.end(is_reset=side is not Side.SERVER)
        self.server.end(is_reset=side is not Side.CLIENT)
