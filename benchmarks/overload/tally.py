"""What became of calls. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OK = "OK"
REFUSED = "RESOURCE_EXHAUSTED"


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that has ended.

    Attributes:
        due: when it was to be sent, on the clock of `time.monotonic`.
        sent: when it was.
        ended: when its status was there.
        status: the name of the gRPC status.
        has_retry_info: whether it says when to call again.
    """

    due: float
    sent: float
    ended: float
    status: str
    has_retry_info: bool

    @property
    def milliseconds(self) -> float:
        """How long its caller waited, in milliseconds."""
        return 1000 * (self.ended - self.sent)


@dataclass(frozen=True, slots=True)
class Tally:
    """Calls that have ended, in any order."""

    calls: tuple[Ended, ...]

    @classmethod
    def together(cls, parts: Iterable["Tally"]) -> "Tally":
        """Return the calls of several callers."""
        return cls(tuple(call for part in parts for call in part.calls))

    def of(self, status: str) -> Sequence[Ended]:
        """Return those with a status."""
        return [call for call in self.calls if call.status == status]

    def between(self, begins: float, ends: float) -> "Tally":
        """Return those that ended in a span of time."""
        return Tally(tuple(call for call in self.calls if begins <= call.ended < ends))

    def statuses(self) -> Counter[str]:
        """Return how many have which status."""
        return Counter(call.status for call in self.calls)
