"""What of an HTTP request goes with the call of the service. Pure functions."""

import re
import uuid
from collections.abc import Mapping

from starlette.requests import Request

from ecg_gateway.errors import RequestError

REQUEST_ID_HEADER = "X-Request-ID"
REQUEST_ID_KEY = "x-request-id"
TIMEOUT_HEADER = "Grpc-Timeout"

# What the service takes, too: the contract's rule.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TIMEOUT = re.compile(r"(?P<number>[0-9]{1,8})(?P<unit>[HMSmun])")
_SECONDS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_AUTHORIZATION = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")
# gRPC takes 8 KiB of metadata, some of which it needs itself; of more it refuses, now and then, the whole call.
MAX_AUTHORIZATION_BYTES = 6 * 1024
# W3C Trace Context. What does not look like it is left out, as that recommendation has it, and the one with the other.
_TRACE = {
    "traceparent": re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]{0,64})?"),
    "tracestate": re.compile(r"[\x20-\x7e]{1,512}"),
}


def request_id_of(headers: Mapping[str, str]) -> str:
    """Return the caller's own id of its request, where it sent one that is fit to be written down, or a new one."""
    sent = headers.get(REQUEST_ID_HEADER, "")
    return sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex


def metadata_of(request: Request) -> tuple[tuple[str, str], ...]:
    """Return the metadata of the call: request id, authorization and trace context.

    Raises:
        RequestError: the authorization has characters that none has, or too many.
    """
    headers = request.headers
    metadata = [(REQUEST_ID_KEY, str(request.state.request_id))]
    authorization = headers.get("authorization")
    if authorization is not None:
        if not _AUTHORIZATION.fullmatch(authorization):
            description = "it has characters that no token has; send Bearer TOKEN"
            raise RequestError("HEADER_INVALID", "Authorization", description)
        if len(authorization) > MAX_AUTHORIZATION_BYTES:
            description = f"it has {len(authorization)} bytes; send a token of at most {MAX_AUTHORIZATION_BYTES}"
            raise RequestError("HEADER_INVALID", "Authorization", description)
        metadata.append(("authorization", authorization))
    return (*metadata, *_trace_of(headers))


def _trace_of(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    found = [(name, headers[name]) for name, form in _TRACE.items() if form.fullmatch(headers.get(name, ""))]
    return found if "traceparent" in dict(found) else []


def timeout_of(headers: Mapping[str, str], greatest: float) -> float:
    """Return how long the call may take, in seconds: what the caller asks for, or the greatest if that is less.

    Raises:
        RequestError: it asks in another form than gRPC's, such as 500m (milliseconds) or 2S.
    """
    asked = headers.get(TIMEOUT_HEADER)
    if asked is None:
        return greatest
    found = _TIMEOUT.fullmatch(asked)
    if found is None:
        remedy = "send up to eight digits and a unit: H, M, S, m (milliseconds), u or n; 500m is half a second"
        raise RequestError("HEADER_INVALID", TIMEOUT_HEADER, f"it is no time as gRPC writes it; {remedy}")
    return min(greatest, int(found["number"]) * _SECONDS[found["unit"]])
