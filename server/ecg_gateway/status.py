"""From errors to HTTP: the one table, and the JSON body that says what is wrong.

The body has the form of https://google.aip.dev/193: `{"error": {"code", "message", "status", "details"}}`, where
`code` is the HTTP status, `status` the name of the gRPC code, and `details` are those of the `google.rpc.Status`, in
ProtoJSON.
"""

import logging
import math
from http import HTTPStatus
from typing import Any, TypeVar

import grpc
import grpc.aio
import orjson
from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ecg_gateway.errors import BusyError, CallerGoneError, RequestError, ServiceCallError

DOMAIN = "ecg-gateway"
JSON = "application/json"
RETRY_AFTER_SECONDS = 1
CALLER_GONE = 499

# gRPC code → HTTP status, as google/rpc/code.proto has it.
HTTP_STATUS: dict[grpc.StatusCode, int] = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.CANCELLED: CALLER_GONE,
    grpc.StatusCode.UNKNOWN: 500,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.DATA_LOSS: 500,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}

# What the gateway itself refuses, by reason: where HTTP has a word of its own for it, that is the status.
REFUSALS: dict[str, tuple[int, grpc.StatusCode]] = {
    "BODY_NOT_JSON": (400, grpc.StatusCode.INVALID_ARGUMENT),
    "FIELD_INVALID": (400, grpc.StatusCode.INVALID_ARGUMENT),
    "HEADER_INVALID": (400, grpc.StatusCode.INVALID_ARGUMENT),
    "PARAMETER_INVALID": (400, grpc.StatusCode.INVALID_ARGUMENT),
    "PATH_UNKNOWN": (404, grpc.StatusCode.NOT_FOUND),
    "METHOD_NOT_ALLOWED": (405, grpc.StatusCode.UNIMPLEMENTED),
    "BODY_TOO_SLOW": (408, grpc.StatusCode.DEADLINE_EXCEEDED),
    "BODY_TOO_LARGE": (413, grpc.StatusCode.INVALID_ARGUMENT),
    "CONTENT_TYPE_UNSUPPORTED": (415, grpc.StatusCode.INVALID_ARGUMENT),
    "CONTENT_ENCODING_UNSUPPORTED": (415, grpc.StatusCode.INVALID_ARGUMENT),
}

_DETAILS_KEY = "grpc-status-details-bin"
_CODES = {code.value[0]: code for code in grpc.StatusCode}

Detail = TypeVar("Detail", bound=Message)

logger = logging.getLogger(__name__)


def status_of_call(error: grpc.aio.AioRpcError, *, is_over: bool) -> Status:
    """Return with what a call ended, details included.

    Args:
        error: what gRPC raised.
        is_over: whether the call's time is over; where the server is the first to notice, gRPC may say CANCELLED.
    """
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS_KEY:
            return Status.FromString(value)
    code = error.code()
    if code is grpc.StatusCode.CANCELLED and is_over:
        code = grpc.StatusCode.DEADLINE_EXCEEDED
    if code is grpc.StatusCode.UNAVAILABLE:
        # What gRPC says of it tells of addresses inside.
        logger.warning("the service cannot be reached: %s", error.details())
        return _status(code, "SERVICE_UNREACHABLE", "the ECG service cannot be reached; send the request again later")
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return _status(code, "DEADLINE_PASSED", "no answer came in time; send the request again, or allow more time")
    return _status(code, code.name, error.details() or code.name)


def response_of(error: Exception) -> Response:
    """Return the response that says what is wrong; of what nobody foresaw, only that it is internal."""
    http_status, status = _status_of(error)
    response = _response(http_status, status)
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})
    return response


def _status_of(error: Exception) -> tuple[int, Status]:
    """Return the HTTP status and the `google.rpc.Status` of an error."""
    match error:
        case ServiceCallError():
            return HTTP_STATUS[code_of(error.status)], error.status
        case RequestError():
            http_status, code = REFUSALS[error.reason]
            return http_status, _refusal(code, error)
        case HTTPException(status_code=HTTPStatus.NOT_FOUND):
            return _status_of(RequestError("PATH_UNKNOWN", "", "there is nothing at this path; see /openapi.json"))
        case HTTPException(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers=headers):
            allowed = (headers or {}).get("Allow", "another method")
            return _status_of(RequestError("METHOD_NOT_ALLOWED", "", f"this path takes {allowed}"))
    return _STATUS_OF_THE_GATEWAY.get(type(error), _INTERNAL)


def code_of(status: Status) -> grpc.StatusCode:
    """Return the gRPC code of a status."""
    return _CODES.get(status.code, grpc.StatusCode.UNKNOWN)


def detail_of(status: Status, kind: type[Detail]) -> Detail:
    """Return the detail of this kind; empty where there is none."""
    found = kind()
    for detail in status.details:
        detail.Unpack(found)
    return found


def _status(code: grpc.StatusCode, reason: str, message: str) -> Status:
    status = Status(code=code.value[0], message=message)
    status.details.add().Pack(ErrorInfo(reason=reason, domain=DOMAIN))
    return status


def _refusal(code: grpc.StatusCode, error: RequestError) -> Status:
    status = _status(code, error.reason, str(error))
    if error.field:
        violation = BadRequest.FieldViolation(field=error.field, description=error.description)
        status.details.add().Pack(BadRequest(field_violations=[violation]))
    return status


def _response(http_status: int, status: Status) -> Response:
    error = {
        "code": http_status,
        "message": status.message,
        "status": code_of(status).name,
        "details": [_detail(detail) for detail in status.details],
    }
    return Response(
        orjson.dumps({"error": error}, option=orjson.OPT_APPEND_NEWLINE),
        http_status,
        headers=_headers(http_status, status),
        media_type=JSON,
    )


def _detail(detail: Any) -> dict[str, Any]:
    try:
        return json_format.MessageToDict(detail, preserving_proto_field_name=True)
    except TypeError:
        # A newer service may tell what this gateway has no words for.
        return {"@type": detail.type_url}


def _headers(http_status: int, status: Status) -> dict[str, str]:
    if http_status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    delay = detail_of(status, RetryInfo).retry_delay
    if http_status == HTTPStatus.SERVICE_UNAVAILABLE or delay.ByteSize():
        return {"Retry-After": str(max(RETRY_AFTER_SECONDS, math.ceil(delay.seconds + delay.nanos / 1e9)))}
    return {}


_INTERNAL = (500, _status(grpc.StatusCode.INTERNAL, "INTERNAL", "internal error"))
_STATUS_OF_THE_GATEWAY: dict[type[Exception], tuple[int, Status]] = {
    BusyError: (503, _status(grpc.StatusCode.RESOURCE_EXHAUSTED, "BODIES_TOO_MANY", str(BusyError()))),
    CallerGoneError: (CALLER_GONE, _status(grpc.StatusCode.CANCELLED, "CALLER_GONE", str(CallerGoneError()))),
}
