"""A call that came through Serve's proxy, as gRPC's own servers show calls to methods and interceptors."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

import grpc
from grpc import aio
from ray.serve.grpc_util import RayServegRPCContext

Metadata = Iterable[tuple[str, str | bytes]]

# With it the proxy tells a replica for how long the caller still waits, in seconds.
REMAINING_KEY = "ecg-remaining-seconds"


class CallContext:
    """What methods and interceptors ask of a call, and how they end it.

    What they set stands in Serve's own context, which goes back to the proxy with every answer. An exception would take
    nothing with it but a code and a text, so an abort is a note and the end of an answer.

    Args:
        context: Serve's.
    """

    def __init__(self, context: RayServegRPCContext) -> None:
        self._context = context
        self._ends = _end(context.invocation_metadata())

    def invocation_metadata(self) -> Metadata:
        """Return what the caller sent with the call."""
        return tuple(pair for pair in self._context.invocation_metadata() if pair[0] != REMAINING_KEY)

    def peer(self) -> str:
        """Return where the call comes from."""
        peer: str = self._context.peer()
        return peer

    def auth_context(self) -> Mapping[str, Sequence[bytes]]:
        """Return what the proxy verified of the connection."""
        verified: Mapping[str, Sequence[bytes]] = self._context.auth_context()
        return verified

    def time_remaining(self) -> float | None:
        """Return for how long the caller still waits, in seconds; None: for as long as it takes."""
        return None if self._ends is None else max(0.0, self._ends - time.monotonic())

    def code(self) -> grpc.StatusCode:
        """Return the status set so far."""
        code: grpc.StatusCode = self._context.code()
        return code

    def set_trailing_metadata(self, metadata: Metadata) -> None:
        """Send metadata with the status, beside Serve's own."""
        self._context.set_trailing_metadata(list(metadata))

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Metadata = ()) -> NoReturn:
        """End the call with a status.

        Raises:
            AbortError: always.
        """
        self._context.set_code(code)
        self._context.set_details(details)
        self.set_trailing_metadata(trailing_metadata)
        # As gRPC's own: whoever waits for the end of this task sees it once.
        await asyncio.sleep(0)
        raise aio.AbortError


def _end(metadata: Metadata) -> float | None:
    """Return when the caller stops waiting, on the clock of `time.monotonic`, which machines do not share."""
    remaining = dict(metadata).get(REMAINING_KEY)
    return None if remaining is None else time.monotonic() + float(remaining)
