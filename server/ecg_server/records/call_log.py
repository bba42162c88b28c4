"""One line of the log for each call."""

import logging
import re
import uuid
from collections.abc import Iterable

from ecg_server.call import Call

REQUEST_ID_KEY = "x-request-id"

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_HEALTH = "/grpc.health.v1.Health/"

logger = logging.getLogger(__name__)


def request_id_of(metadata: Iterable[tuple[str, str | bytes]] | None) -> str:
    """Return the caller's own id of its call, where it sent one that is fit to be written down, or a new one.

    Args:
        metadata: what came with the call. Fit is an `x-request-id` of 1 to 128 letters, digits, ".", "_" and "-".
    """
    for key, value in metadata or ():
        if key == REQUEST_ID_KEY and isinstance(value, str) and _REQUEST_ID.fullmatch(value):
            return value
    return uuid.uuid4().hex


def write_call(call: Call, ended: float) -> None:
    """Write down that a call has ended.

    Probes ask for the server's health every few seconds: their calls are written at the level DEBUG, which is off.

    Args:
        call: the call. Its fields go into the line as they are, so that they must hold nothing of a patient.
        ended: when it ended, on the clock of `time.monotonic`.
    """
    level = logging.DEBUG if call.method.startswith(_HEALTH) else logging.INFO
    if not logger.isEnabledFor(level):
        return
    fields = {
        "request_id": call.request_id,
        "method": call.method,
        "peer": call.peer,
        "caller": call.caller or call.peer,
        "status": call.status,
        "recordings": call.recordings,
        "refused": call.refused,
        "queued_ms": _milliseconds(call.queued_seconds),
        "computed_ms": _milliseconds(call.computed_seconds),
        "duration_ms": _milliseconds(ended - call.started),
        "model_version": call.model_version,
        **({"trace_id": call.trace_id} if call.trace_id else {}),
    }
    logger.log(level, "call", extra=fields)


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
