"""One call, as everything around the methods sees it: who called what, and what became of it."""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ecg.v1 import prediction_pb2, recording_pb2
from ecg_server.access.shares import Share, Shares
from ecg_server.records.input_digest import input_digest
from ecg_server.telemetry.observer import Observer

UNLIMITED = Shares(recordings_per_second=0, calls=0).share_of("")

Answer = prediction_pb2.Prediction | prediction_pb2.RecordingError


class Audit(Protocol):
    """Where it is written down what was answered."""

    def write(self, call: "Call", input_sha256: str, answer: Answer) -> None:
        """Write down what a caller is told of one recording."""


class Receipt(NamedTuple):
    """What is noted of a recording that has come.

    Attributes:
        digest: of the recording; empty: nobody asks for it.
        moment: when it came, on the clock of `time.monotonic`.
    """

    digest: str
    moment: float


@dataclass(slots=True, eq=False)
class Call:
    """What is known of a call; it grows while the call goes on.

    Attributes:
        request_id: the caller's own id of the call, or one that was made for it.
        method: the full name of the method, such as "/ecg.v1.EcgService/Predict".
        peer: the address it comes from, without the port.
        caller: the name of its token or certificate; the peer, when nobody has to say who they are.
        share: what this caller may have, over all its calls.
        audit: where it is written down what was answered; None: nowhere.
        observers: who is told what becomes of it.
        status: the name of the gRPC status it ended with.
        reason: why it ended with another status than OK, as programs read it; empty: no error said so.
        trace_id: the trace that it is a part of, 32 hexadecimal digits; empty: none.
        model_version: which model answered, as "name version"; empty: none did.
        recordings: recordings received.
        answers: how many of those were answered.
        refused: how many of those have an error for an answer.
        queued_seconds: how long its recordings waited for their batches, in total.
        computed_seconds: their shares of the batches that they were in, in total.
        started: when it began, on the clock of `time.monotonic`.
    """

    request_id: str = ""
    method: str = ""
    peer: str = ""
    caller: str = ""
    share: Share = UNLIMITED
    audit: Audit | None = None
    observers: tuple[Observer, ...] = ()
    status: str = "OK"
    reason: str = ""
    trace_id: str = ""
    model_version: str = ""
    recordings: int = 0
    answers: int = 0
    refused: int = 0
    queued_seconds: float = 0.0
    computed_seconds: float = 0.0
    started: float = field(default_factory=time.monotonic)

    async def received(self, recording: recording_pb2.Recording) -> Receipt:
        """Note that a recording has come."""
        self.recordings += 1
        moment = time.monotonic()
        return Receipt("" if self.audit is None else await input_digest(recording), moment)

    def answered(self, receipt: Receipt, answer: Answer) -> None:
        """Note what is answered of a recording."""
        self.answers += 1
        self.refused += isinstance(answer, prediction_pb2.RecordingError)
        if self.audit is not None:
            self.audit.write(self, receipt.digest, answer)
        for observer in self.observers:
            observer.recording_answered(self, time.monotonic() - receipt.moment, answer)


current_call: ContextVar[Call] = ContextVar("current_call")
