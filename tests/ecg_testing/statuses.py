"""What a caller in any language can learn from the status of a call."""

from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from grpc import aio
from grpc_status import rpc_status

Detail = TypeVar("Detail", bound=Message)


@dataclass(frozen=True, slots=True)
class CallStatus:
    """A status with its details decoded; an absent detail is None."""

    code: grpc.StatusCode
    message: str
    error_info: ErrorInfo | None
    bad_request: BadRequest | None
    retry_info: RetryInfo | None

    @property
    def reason(self) -> str:
        """The reason that programs branch on."""
        return "" if self.error_info is None else str(self.error_info.reason)

    @property
    def fields(self) -> list[str]:
        """The paths of the wrong fields."""
        return [] if self.bad_request is None else [one.field for one in self.bad_request.field_violations]


class _TrailingCall:
    """An error of the async API, as `rpc_status` wants to see a call."""

    def __init__(self, error: aio.AioRpcError) -> None:
        self.error = error

    def code(self) -> grpc.StatusCode:
        return self.error.code()

    def details(self) -> str | None:
        return self.error.details()

    def trailing_metadata(self) -> Any:
        return tuple(self.error.trailing_metadata())


def call_status(error: aio.AioRpcError) -> CallStatus:
    """Return the status that a call ended with."""
    status = rpc_status.from_call(_TrailingCall(error))
    details = [] if status is None else list(status.details)
    return CallStatus(
        code=error.code(),
        message=error.details() or "",
        error_info=_unpacked(details, ErrorInfo),
        bad_request=_unpacked(details, BadRequest),
        retry_info=_unpacked(details, RetryInfo),
    )


def _unpacked(details: list[Any], kind: type[Detail]) -> Detail | None:
    for detail in details:
        message = kind()
        if detail.Unpack(message):
            return message
    return None
