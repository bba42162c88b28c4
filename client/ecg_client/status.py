"""From the status of a call that failed to the exception that says so."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import grpc
from google.protobuf import any_pb2
from google.protobuf import message as protobuf_message
from google.rpc import error_details_pb2, status_pb2

from ecg_client.errors import (
    DeadlineExceededError,
    FieldViolation,
    LimitExceededError,
    NotExplainableError,
    PermissionDeniedError,
    RecordingRefusedError,
    ServiceError,
    ServiceUnavailableError,
    UnauthenticatedError,
    UnknownModelError,
)

_Detail = TypeVar("_Detail", bound=protobuf_message.Message)

_ERROR_OF_CODE: dict[grpc.StatusCode, type[ServiceError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: RecordingRefusedError,
    grpc.StatusCode.FAILED_PRECONDITION: NotExplainableError,
    grpc.StatusCode.UNAVAILABLE: ServiceUnavailableError,
    grpc.StatusCode.UNAUTHENTICATED: UnauthenticatedError,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDeniedError,
    grpc.StatusCode.NOT_FOUND: UnknownModelError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: LimitExceededError,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceededError,
}
_DETAILS_KEY = "grpc-status-details-bin"
# What grpc says, and below what proxies say, when they found nobody to give the call to.
_NOBODY_THERE = (
    "failed to connect",
    "connections to all backends failing",
    "resolution failed",
    "errors resolving",
    "no healthy upstream",
    "connection failure",
    "delayed connect error",
)


# gRPC tells the server in whole milliseconds how long a call may take, so its time may be over there a little earlier.
_CLOCKS_APART_S = 0.01


@contextlib.contextmanager
def typed_errors(address: str, timeout_s: float) -> Iterator[None]:
    """Raises the exception that says why a single call failed in place of what grpc raises.

    Args:
        address: The address that is called.
        timeout_s: How long the call may take, in seconds.
    """
    began = time.monotonic()
    try:
        yield
    except grpc.RpcError as error:
        is_over = time.monotonic() - began >= timeout_s - _CLOCKS_APART_S
        raise error_from_rpc(error, address, timeout_s, is_over=is_over) from error


def error_from_rpc(
    error: grpc.RpcError, address: str, timeout_s: float | None, *, is_stream: bool = False, is_over: bool = False
) -> ServiceError:
    """Makes the exception for a failed call, with what its status details say.

    Args:
        error: What grpc raised, blocking or asynchronous.
        address: The address that was called, for the message.
        timeout_s: How long the call might take, in seconds, for the message; None is for ever.
        is_stream: Whether the call was a stream, some of whose answers may have arrived.
        is_over: Whether its time is over. Where the server is the first to notice, gRPC may say CANCELLED.
    """
    made = _error(error, address, timeout_s, is_stream=is_stream, is_over=is_over)
    made.__cause__ = error
    return made


def _error(
    error: grpc.RpcError, address: str, timeout_s: float | None, *, is_stream: bool, is_over: bool
) -> ServiceError:
    call: Any = error  # grpc declares no code on RpcError, but whatever it raises from a call has one.
    code: grpc.StatusCode = call.code()
    if code is grpc.StatusCode.CANCELLED and is_over:
        code = grpc.StatusCode.DEADLINE_EXCEEDED
    details = list(_details(call.trailing_metadata() or ()))
    bad_request = _unpacked(details, error_details_pb2.BadRequest())
    retry_info = _unpacked(details, error_details_pb2.RetryInfo())
    return _ERROR_OF_CODE.get(code, ServiceError)(
        code,
        _timeout_message(address, timeout_s, is_stream=is_stream)
        if code is grpc.StatusCode.DEADLINE_EXCEEDED and timeout_s is not None
        else _message(code, call.details() or code.name, address),
        _unpacked(details, error_details_pb2.ErrorInfo()).reason,
        tuple(FieldViolation(violation.field, violation.description) for violation in bad_request.field_violations),
        retry_info.retry_delay.ToTimedelta().total_seconds() if retry_info.HasField("retry_delay") else None,
    )


def stream_ended_early(address: str) -> ServiceError:
    """Makes the exception for a stream that ended well, but before every recording was answered."""
    code = grpc.StatusCode.UNAVAILABLE
    return ServiceUnavailableError(
        code, _message(code, "the stream ended before every recording was answered", address)
    )


def is_unreached(error: ServiceError) -> bool:
    """Says whether nobody was there to take the call."""
    return isinstance(error, ServiceUnavailableError) and any(words in error.message for words in _NOBODY_THERE)


def _message(code: grpc.StatusCode, details: str, address: str) -> str:
    if code is grpc.StatusCode.UNAVAILABLE:
        return f"the service at {address} is unavailable: {details}"
    if code is grpc.StatusCode.INVALID_ARGUMENT:
        return details  # It is about the recording, wherever that was sent.
    return f"the call to the service at {address} ended with {code.name}: {details}"


def _timeout_message(address: str, timeout_s: float, *, is_stream: bool) -> str:
    return f"{'not all answers' if is_stream else 'no answer'} from {address} within {timeout_s:g} s"


def _details(metadata: Iterable[tuple[str, Any]]) -> Iterator[any_pb2.Any]:
    for key, value in metadata:
        if key == _DETAILS_KEY:
            yield from status_pb2.Status.FromString(value).details


def _unpacked(details: Iterable[any_pb2.Any], message: _Detail) -> _Detail:
    """The message filled with the detail of its type; as it is where there is none."""
    for detail in details:
        detail.Unpack(message)
    return message
