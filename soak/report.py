"""What became of a soak, and whether it is as it should be."""

from dataclasses import dataclass

from soak.account import Account, Outcome

GREATEST_GROWTH_PERCENT = 5.0
# In less, a server has not settled.
GROWTH_COUNTS_AFTER_SECONDS = 300
# Right refusals are answers too. Callers that leave, short deadlines, full queues and restarts account for the rest, a
# fifth or so. Where less than half is answered, hardly anything was tried, whatever excuse each recording has.
LEAST_ANSWERED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a soak.

    Attributes:
        account: of the recordings.
        computed_late: recordings whose deadline had passed before they were computed, by the servers' own count.
        drained: server processes that were told to stop, whose counts those are; what is killed tells nothing.
        unforeseen: how often something else happened that should not have.
        growth_percent: by how much the steady server's memory grew, from when it had settled to the end. It is measured
            at rest, with the same models loaded: under load it depends on which streams still hold which version.
        seconds: how long it all took.
    """

    account: Account
    computed_late: int
    drained: int
    unforeseen: int
    growth_percent: float
    seconds: float

    @property
    def has_grown(self) -> bool:
        """Whether memory grew too much; of a short soak that cannot be told."""
        return self.seconds >= GROWTH_COUNTS_AFTER_SECONDS and self.growth_percent >= GREATEST_GROWTH_PERCENT

    @property
    def has_answered(self) -> bool:
        """Whether enough recordings were answered for the others' excuses to be believed."""
        answered = self.account[Outcome.ANSWERED] + self.account[Outcome.REFUSED]
        return answered > 0 and answered >= LEAST_ANSWERED_SHARE * self.account.sent

    @property
    def is_flawless(self) -> bool:
        """Whether nothing happened that should not, and what should did."""
        found = self.computed_late or self.unforeseen or self.has_grown
        return self.account.is_flawless and self.has_answered and not found

    def __str__(self) -> str:
        return (
            f"{self.account}, computed after deadline {self.computed_late}, unforeseen {self.unforeseen}, "
            f"memory growth {self.growth_percent:.1f} %"
        )
