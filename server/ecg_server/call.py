"""One call, as everything around the methods sees it: who called what, and what became of it."""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Call:
    """What is known of a call; it grows while the call goes on.

    Attributes:
        request_id: the caller's own id of the call, or one that was made for it.
        method: the full name of the method, such as "/ecg.v1.EcgService/Predict".
        peer: the address it comes from, without the port.
        caller: the name of its token or certificate; the peer, when nobody has to say who they are.
        status: the name of the gRPC status it ended with.
        model_version: which model answered, as "name version"; empty: none did.
        recordings: recordings received.
        refused: how many of those have an error for an answer.
        queued_seconds: how long its recordings waited for their batches, in total.
        computed_seconds: their shares of the batches that they were in, in total.
        started: when it began, on the clock of `time.monotonic`.
    """

    request_id: str = ""
    method: str = ""
    peer: str = ""
    caller: str = ""
    status: str = "OK"
    model_version: str = ""
    recordings: int = 0
    refused: int = 0
    queued_seconds: float = 0.0
    computed_seconds: float = 0.0
    started: float = field(default_factory=time.monotonic)


current_call: ContextVar[Call] = ContextVar("current_call")
