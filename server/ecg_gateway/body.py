"""Bodies of requests: read whole, within bounds, inflated where they are compressed."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from ecg_gateway.errors import BusyError, RequestError
from ecg_gateway.settings import MEBIBYTE, BodySettings

GZIP_WINDOW = 16 + zlib.MAX_WBITS


class Bodies:
    """Reads bodies, and counts the bytes of those that are in memory.

    Args:
        settings: the bounds.
    """

    def __init__(self, settings: BodySettings) -> None:
        self._settings = settings
        self._held = 0

    @asynccontextmanager
    async def of(self, request: Request, at_most: int | None = None) -> AsyncIterator[bytes]:
        """Read a request's body; its bytes count as in memory until the context ends.

        Args:
            request: the request.
            at_most: bytes that it may have, where that is less than any body may have.

        Raises:
            RequestError: it is too large, comes too slowly, or is compressed in another way than it says.
            BusyError: other bodies fill the memory that there is for them.
        """
        pieces: list[bytes] = []
        greatest = self._settings.max_bytes
        try:
            await self._read(request, min(at_most or greatest, greatest), pieces)
            # One in place of all: a body would else lie there twice for as long as it is needed.
            pieces[:] = [b"".join(pieces)]
            yield pieces[0]
        finally:
            self._held -= sum(map(len, pieces))

    async def _read(self, request: Request, limit: int, pieces: list[bytes]) -> None:
        seconds = self._settings.read_seconds
        try:
            async with asyncio.timeout(seconds):
                async for piece in _inflated(request, limit):
                    self._hold(len(piece))
                    pieces.append(piece)
        except TimeoutError:
            description = f"the body did not arrive within {seconds:g} s; send it again"
            raise RequestError("BODY_TOO_SLOW", "", description) from None

    def _hold(self, count: int) -> None:
        if self._held + count > self._settings.held_bytes:
            raise BusyError
        self._held += count


async def _inflated(request: Request, limit: int) -> AsyncIterator[bytes]:
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        raise _too_large(limit)
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        description = "it is neither gzip nor identity; compress the body with gzip, or not at all"
        raise RequestError("CONTENT_ENCODING_UNSUPPORTED", "Content-Encoding", description)
    inflate = _Gzip(limit) if encoding == "gzip" else _plain
    received = inflated = 0
    async for chunk in request.stream():
        piece = inflate(chunk)
        received, inflated = received + len(chunk), inflated + len(piece)
        if max(received, inflated) > limit:
            raise _too_large(limit)
        yield piece
    if isinstance(inflate, _Gzip):
        inflate.check_end()


def _plain(chunk: bytes) -> bytes:
    return chunk


class _Gzip:
    """Inflates a body, to one byte more than it may have and no further."""

    def __init__(self, limit: int) -> None:
        self._inflating = zlib.decompressobj(GZIP_WINDOW)
        self._left = limit + 1

    def __call__(self, chunk: bytes) -> bytes:
        try:
            piece = self._inflating.decompress(chunk, max(1, self._left))
        except zlib.error:
            raise _no_gzip() from None
        self._left -= len(piece)
        return piece

    def check_end(self) -> None:
        if not self._inflating.eof or self._inflating.unused_data:
            raise _no_gzip()


def _too_large(limit: int) -> RequestError:
    description = (
        f"the body has more than {limit / MEBIBYTE:g} MiB; send one recording, its signal as packed_signal, "
        "which needs the fewest bytes"
    )
    return RequestError("BODY_TOO_LARGE", "", description)


def _no_gzip() -> RequestError:
    description = "the body is no gzip, or a damaged one; compress it anew, or send it as it is"
    return RequestError("CONTENT_ENCODING_UNSUPPORTED", "Content-Encoding", description)
