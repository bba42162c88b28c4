"""Single calls that come while the queue is full: refused before anything is done for them.

Under a flood it is the refusals that a server spends its time on. One this early has read no message, let alone parsed
and decoded it, and is not written down by itself: it costs less than half of one that has, little more than what gRPC
takes for any call. It comes before the question who is calling, too: nobody learns more from it than that.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from grpc import aio
from grpc_status import rpc_status

from ecg_server.errors import QueueFullError
from ecg_server.status import status_of

# gRPC's classes are generic only to the type checker, which need not know more here than that they are gRPC's.
Continuation = Callable[[grpc.HandlerCallDetails], Awaitable[Any]]
Context = Any

PREDICT = "/ecg.v1.EcgService/Predict"

# One line of the log tells of all calls that were refused meanwhile.
LOG_SECONDS = 1.0

logger = logging.getLogger(__name__)


class FullQueueInterceptor(aio.ServerInterceptor):
    """Refuses single calls while the queue is full; first in the list, so that nobody has had any work with them.

    Args:
        refusal: returns the error that a call ends with if it comes now; None while there is room.
    """

    def __init__(self, refusal: Callable[[], QueueFullError | None]) -> None:
        self._refusal = refusal
        # Made of a stream of requests, because of such a stream gRPC reads nothing until it is asked to.
        self._handler = grpc.stream_unary_rpc_method_handler(self._refuse)
        self._refused = 0
        self._status = rpc_status.to_status(status_of(QueueFullError(0.5)))

    async def intercept_service(self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return the method's handler, or what refuses the call."""
        if handler_call_details.method == PREDICT and self._refusal() is not None:
            return self._handler
        return await continuation(handler_call_details)

    async def _refuse(self, _: object, context: Context) -> None:
        if not self._refused:
            asyncio.get_running_loop().call_later(LOG_SECONDS, self._write)
        self._refused += 1
        await context.abort(self._status.code, self._status.details, self._status.trailing_metadata)

    def _write(self) -> None:
        logger.warning("refused: %d calls in %g s", self._refused, LOG_SECONDS)
        self._refused = 0
