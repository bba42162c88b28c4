"""A call in Serve's proxy: what a replica is told of it, and what its caller is told in place of Serve's own words."""

from typing import Any

import grpc
from grpc_status import rpc_status

from ecg_cluster.call_context import REMAINING_KEY, Metadata
from ecg_cluster.settings import APPLICATION
from ecg_server.batching import RETRY_AFTER_SECONDS
from ecg_server.errors import DeadlinePassedError, ModelNotReadyError, QueueFullError
from ecg_server.status import status_of

# A status with details is a replica's word; Serve's own has none.
DETAILS_KEY = "grpc-status-details-bin"
# What Serve adds to every call; callers have the x-request-id.
SERVE_KEY = "request_id"

# By this Serve finds the application of a call where it has several.
APPLICATION_KEY = "application"
_OWN_KEYS = {APPLICATION_KEY, REMAINING_KEY}

REPLICA_LOST = "the replica that had this call has gone; call again"

# What Serve says by itself → the error that the server has for it. All else means that no replica answered to the end.
_SERVES_OWN: dict[grpc.StatusCode, Exception] = {
    grpc.StatusCode.RESOURCE_EXHAUSTED: QueueFullError(RETRY_AFTER_SECONDS),
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlinePassedError(),
    # There is no application yet, or it has no replica that could answer.
    grpc.StatusCode.NOT_FOUND: ModelNotReadyError(),
    grpc.StatusCode.UNAVAILABLE: ModelNotReadyError(),
}


class ProxiedCall:
    """Stands for gRPC's context before Serve: what Serve sets is noted here, and told to gRPC at the end.

    Args:
        context: gRPC's.
    """

    def __init__(self, context: Any) -> None:
        self._context = context
        self._code: grpc.StatusCode | None = None
        self._details = ""
        self._trailing: Metadata = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def invocation_metadata(self) -> Metadata:
        """Return what the caller sent, and for how long it still waits."""
        sent = [pair for pair in self._context.invocation_metadata() or () if pair[0] not in _OWN_KEYS]
        remaining = self._context.time_remaining()
        told = [] if remaining is None else [(REMAINING_KEY, f"{remaining:.3f}")]
        return [*sent, *told, (APPLICATION_KEY, APPLICATION)]

    def code(self) -> grpc.StatusCode | None:
        """Return the status set so far; None: none."""
        return self._code

    def details(self) -> str:
        """Return the text set so far."""
        return self._details

    def trailing_metadata(self) -> Metadata:
        """Return the metadata set so far."""
        return self._trailing

    def set_code(self, code: grpc.StatusCode) -> None:
        """Note a status."""
        self._code = code

    def set_details(self, details: str) -> None:
        """Note a text."""
        self._details = details

    def set_trailing_metadata(self, metadata: Metadata) -> None:
        """Note metadata, in place of what was noted before."""
        self._trailing = tuple(metadata)

    @property
    def has_failed(self) -> bool:
        """Whether it ended with anything but OK."""
        return self._code not in (None, grpc.StatusCode.OK)

    @property
    def is_told_by_replica(self) -> bool:
        """Whether a replica ended it, and not Serve."""
        return any(key == DETAILS_KEY for key, _ in self._trailing)

    def tell(self) -> None:
        """Tell gRPC how the call ends."""
        trailing = tuple(pair for pair in self._trailing if pair[0] != SERVE_KEY)
        if not self.has_failed:
            self._context.set_trailing_metadata(trailing)
        elif self.is_told_by_replica or self._code is grpc.StatusCode.CANCELLED:
            self._tell(self._code, self._details, trailing)
        elif self._code in _SERVES_OWN:
            status = rpc_status.to_status(status_of(_SERVES_OWN[self._code]))
            self._tell(status.code, status.details, status.trailing_metadata)
        else:
            self._tell(grpc.StatusCode.UNAVAILABLE, REPLICA_LOST, ())

    def _tell(self, code: Any, details: str, trailing: Metadata) -> None:
        self._context.set_code(code)
        self._context.set_details(details)
        self._context.set_trailing_metadata(tuple(trailing))
