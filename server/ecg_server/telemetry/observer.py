"""Who is told what becomes of calls, recordings and batches."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecg_server.batching import Run
    from ecg_server.call import Answer, Call

Metadata = Iterable[tuple[str, str | bytes]]


class Observer:
    """Is told on the event loop, and by itself does nothing. What it does must be quick and must not fail."""

    def call_began(self, call: "Call", metadata: Metadata) -> None:
        """Be told that a call has come, and what came with it."""

    def call_ended(self, call: "Call", seconds: float) -> None:
        """Be told that a call has ended, its status noted, and after how long."""

    def recording_answered(self, call: "Call", seconds: float, answer: "Answer") -> None:
        """Be told what the caller is told of a recording, and how long after it came."""

    def run_ended(self, run: "Run") -> None:
        """Be told of a run of the classifier; before its recordings are answered."""
