"""What became of the recordings, counted."""

import threading
from collections import Counter
from collections.abc import Callable
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a recording that was sent; the words are those of the last line."""

    ANSWERED = "answered once"
    REFUSED = "refused rightly"
    """It cannot be classified, and its caller was told why."""
    BUSY = "told to come again"
    """A single call's, of a server whose queue was full."""
    UNREACHED = "told that no server is there"
    """A single call's whose attempts all fell into a restart, or those of a stream that never had an answer."""
    LATE = "late"
    """A single call's with a deadline too short for the load."""
    LEFT = "left unanswered by their callers"
    """Those of a stream that its caller left early."""
    LOST = "lost"
    DUPLICATED = "duplicated"
    OUT_OF_ORDER = "out of order"
    WRONG = "wrong"
    """Answered with something else than what the classifier says, or ended with a status that nothing explains."""


DEFECTS = (Outcome.LOST, Outcome.DUPLICATED, Outcome.OUT_OF_ORDER, Outcome.WRONG)
_TOLD = tuple(outcome for outcome in Outcome if outcome not in DEFECTS)


class Account:
    """Counts from all threads.

    Args:
        report: is told in words of each defect.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._counts: Counter[Outcome] = Counter()
        self.sent = 0

    def send(self, count: int = 1) -> None:
        """Count recordings that were handed to a client."""
        with self._lock:
            self.sent += count

    def note(self, outcome: Outcome, count: int = 1, detail: str = "") -> None:
        """Count what became of some."""
        with self._lock:
            self._counts[outcome] += count
        if outcome in DEFECTS and count:
            self._report(f"{count} {outcome}: {detail}")

    def __getitem__(self, outcome: Outcome) -> int:
        """Return how many recordings that became of."""
        with self._lock:
            return self._counts[outcome]

    @property
    def unaccounted(self) -> int:
        """How many recordings nothing is known of: of those nothing became at all."""
        return self.sent - sum(self[outcome] for outcome in Outcome if outcome is not Outcome.DUPLICATED)

    @property
    def is_flawless(self) -> bool:
        """Whether each recording had the one outcome that it should have."""
        return self.unaccounted == 0 and not any(self[outcome] for outcome in DEFECTS)

    def __str__(self) -> str:
        told = ", ".join(f"{outcome} {self[outcome]:,}" for outcome in _TOLD)
        return f"recordings sent {self.sent:,}, {told}; " + ", ".join(f"{one} {self[one]:,}" for one in DEFECTS)
