"""Single calls that come while the queue is full are refused before anything is done for them.

Under a flood it is refusals that a server spends its time on. One this early has read no message, let alone parsed and
decoded it, and has no line in the log to itself: it costs less than half of one in the batcher, and little more than
gRPC takes for any call. It even comes before the question who calls: nobody learns more from it than that much waits.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import grpc
from grpc import aio
from grpc_status import rpc_status

from ecg.v1 import ecg_service_pb2
from ecg_server.batching import RETRY_AFTER_SECONDS
from ecg_server.errors import QueueFullError
from ecg_server.grpc_types import Context, Continuation
from ecg_server.records.call_log import REQUEST_ID_KEY, request_id_of
from ecg_server.status import status_of

# Streams are not refused: they wait for room.
METHOD = f"/{ecg_service_pb2.DESCRIPTOR.services_by_name['EcgService'].full_name}/Predict"

# The log has one line for all that were refused in so long.
LOG_SECONDS = 1.0

logger = logging.getLogger(__name__)


class FullQueueInterceptor(aio.ServerInterceptor):
    """Refuses single calls while the queue is full. To be the first in the list, so that no other works for nothing.

    Args:
        is_full: tells whether it is.

    Attributes:
        calls_refused: how many it has refused.
    """

    def __init__(self, is_full: Callable[[], bool]) -> None:
        self.calls_refused = 0
        self._is_full = is_full
        # As if the caller sent a stream: of that gRPC reads nothing until the method asks for it.
        self._refusing: Any = grpc.stream_unary_rpc_method_handler(self._refuse)
        self._status = rpc_status.to_status(status_of(QueueFullError(RETRY_AFTER_SECONDS)))
        self._refused = 0

    async def intercept_service(self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Return the method's handler, or the one that refuses."""
        if handler_call_details.method == METHOD and self._is_full():
            return self._refusing
        return await continuation(handler_call_details)

    async def _refuse(self, _: object, context: Context) -> None:
        if self._refused == 0:
            asyncio.get_running_loop().call_later(LOG_SECONDS, self._write)
        self._refused += 1
        self.calls_refused += 1
        request_id = (REQUEST_ID_KEY, request_id_of(context.invocation_metadata()))
        status = self._status
        await context.abort(status.code, status.details, (*status.trailing_metadata, request_id))

    def _write(self) -> None:
        fields = {"method": METHOD, "status": self._status.code.name, "calls": self._refused}
        logger.warning("the queue is full: calls refused", extra=fields)
        self._refused = 0
