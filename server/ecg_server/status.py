"""From errors to gRPC status: the one table, and the details that ride along.

An error that is in the table tells its caller what it says. Any other is INTERNAL "internal error", and its text stays
in the log.
"""

from math import ceil

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from ecg.v1 import prediction_pb2 as pb
from ecg_model.errors import (
    GradientsUnavailableError,
    IncompleteExplanationError,
    InvalidOptionsError,
    InvalidRecordingError,
    RefusedError,
)
from ecg_server.errors import (
    CallerLimitError,
    ClassificationFailedError,
    ContradictoryOptionsError,
    DeadlinePassedError,
    ExplanationsFullError,
    MessageUnreadableError,
    ModelNotReadyError,
    NotAllowedError,
    QueueFullError,
    ShuttingDownError,
    TryLaterError,
    UnauthenticatedError,
    UnhealthyError,
    UnknownModelVersionError,
)

DOMAIN = "ecg.v1"

# error → status code, and the reason that programs branch on. What is refused for its fields brings its own reason.
STATUS_TABLE: dict[type[Exception], tuple[grpc.StatusCode, str]] = {
    InvalidRecordingError: (grpc.StatusCode.INVALID_ARGUMENT, ""),
    InvalidOptionsError: (grpc.StatusCode.INVALID_ARGUMENT, ""),
    ContradictoryOptionsError: (grpc.StatusCode.INVALID_ARGUMENT, "OPTIONS_CONTRADICTORY"),
    MessageUnreadableError: (grpc.StatusCode.INVALID_ARGUMENT, "MESSAGE_UNREADABLE"),
    UnauthenticatedError: (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED"),
    NotAllowedError: (grpc.StatusCode.PERMISSION_DENIED, "NOT_ALLOWED"),
    CallerLimitError: (grpc.StatusCode.RESOURCE_EXHAUSTED, "CALLER_LIMIT"),
    QueueFullError: (grpc.StatusCode.RESOURCE_EXHAUSTED, "QUEUE_FULL"),
    ExplanationsFullError: (grpc.StatusCode.RESOURCE_EXHAUSTED, "EXPLANATIONS_FULL"),
    GradientsUnavailableError: (grpc.StatusCode.FAILED_PRECONDITION, "GRADIENTS_UNAVAILABLE"),
    IncompleteExplanationError: (grpc.StatusCode.FAILED_PRECONDITION, "EXPLANATION_INCOMPLETE"),
    DeadlinePassedError: (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED"),
    ClassificationFailedError: (grpc.StatusCode.INTERNAL, "INTERNAL"),
    ModelNotReadyError: (grpc.StatusCode.UNAVAILABLE, "MODEL_NOT_READY"),
    UnhealthyError: (grpc.StatusCode.UNAVAILABLE, "UNHEALTHY"),
    UnknownModelVersionError: (grpc.StatusCode.NOT_FOUND, "MODEL_VERSION_UNKNOWN"),
    ShuttingDownError: (grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN"),
}


def is_foreseen(error: Exception) -> bool:
    """Return whether an error's text is meant for the caller."""
    return type(error) in STATUS_TABLE


def recording_error(error: Exception) -> pb.RecordingError:
    """Return what a stream says of a recording that could not be classified."""
    if not is_foreseen(error):
        return pb.RecordingError(code=_number(grpc.StatusCode.INTERNAL), reason="INTERNAL", message="internal error")
    code, reason = STATUS_TABLE[type(error)]
    result = pb.RecordingError(code=_number(code), reason=reason, message=str(error))
    if isinstance(error, RefusedError):
        result.reason = error.reason
        for violation in error.violations:
            result.field_violations.add(field=violation.field, description=violation.description)
    return result


def status_of(error: Exception) -> Status:
    """Return the status with which a call ends, its details included."""
    described = recording_error(error)
    status = Status(code=described.code, message=described.message)
    status.details.add().Pack(ErrorInfo(reason=described.reason, domain=DOMAIN))
    if described.field_violations:
        violations = [
            BadRequest.FieldViolation(field=violation.field, description=violation.description)
            for violation in described.field_violations
        ]
        status.details.add().Pack(BadRequest(field_violations=violations))
    if isinstance(error, TryLaterError):
        delay = Duration()
        delay.FromMilliseconds(ceil(error.retry_after_seconds * 1000))  # up: 0 would be now, and now it is too early
        status.details.add().Pack(RetryInfo(retry_delay=delay))
    return status


def _number(code: grpc.StatusCode) -> int:
    number: int = code.value[0]
    return number
