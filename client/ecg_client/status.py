"""From the status of a call that failed to the exception that says so."""

from collections.abc import Iterable
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2

from ecg_client.errors import (
    DeadlineExceededError,
    FieldViolation,
    LimitExceededError,
    RecordingRefusedError,
    ServiceError,
    ServiceUnavailableError,
)

_ERROR_OF_CODE: dict[grpc.StatusCode, type[ServiceError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: RecordingRefusedError,
    grpc.StatusCode.UNAVAILABLE: ServiceUnavailableError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: LimitExceededError,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceededError,
}
_DETAILS_KEY = "grpc-status-details-bin"


def error_from_rpc(
    error: grpc.RpcError, address: str, timeout_s: float | None, *, is_stream: bool = False
) -> ServiceError:
    """Makes the exception for a failed call, with what its status details say.

    Args:
        error: What grpc raised, blocking or asynchronous.
        address: The address that was called, for the message.
        timeout_s: How long the call might take, in seconds, for the message; None is for ever.
        is_stream: Whether the call was a stream, some of whose answers may have arrived.
    """
    call: Any = error  # grpc declares no code on RpcError, but whatever it raises from a call has one.
    code: grpc.StatusCode = call.code()
    error_info, bad_request = _details(call.trailing_metadata() or ())
    return _ERROR_OF_CODE.get(code, ServiceError)(
        code,
        _timeout_message(address, timeout_s, is_stream=is_stream)
        if code is grpc.StatusCode.DEADLINE_EXCEEDED and timeout_s is not None
        else _message(code, call.details() or code.name, address),
        error_info.reason,
        tuple(FieldViolation(violation.field, violation.description) for violation in bad_request.field_violations),
    )


def stream_ended_early(address: str) -> ServiceUnavailableError:
    """Makes the exception for a stream that ended well, but before every recording was answered."""
    code = grpc.StatusCode.UNAVAILABLE
    return ServiceUnavailableError(
        code, _message(code, "the stream ended before every recording was answered", address)
    )


def _message(code: grpc.StatusCode, details: str, address: str) -> str:
    if code is grpc.StatusCode.UNAVAILABLE:
        return f"the service at {address} is unavailable: {details}"
    if code is grpc.StatusCode.INVALID_ARGUMENT:
        return details  # It is about the recording, wherever that was sent.
    return f"the call to the service at {address} ended with {code.name}: {details}"


def _timeout_message(address: str, timeout_s: float, *, is_stream: bool) -> str:
    return f"{'not all answers' if is_stream else 'no answer'} from {address} within {timeout_s:g} s"


def _details(metadata: Iterable[tuple[str, Any]]) -> tuple[error_details_pb2.ErrorInfo, error_details_pb2.BadRequest]:
    error_info, bad_request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for key, value in metadata:
        if key == _DETAILS_KEY:
            for detail in status_pb2.Status.FromString(value).details:
                # Unpack leaves a message of another type as it is.
                detail.Unpack(error_info)
                detail.Unpack(bad_request)
    return error_info, bad_request
