"""How many recordings may go by in how much time: the arithmetic alone, without a clock and without waiting."""


class Allowance:
    """Lets so many a second through, and, after a pause, one second's worth at once (but always at least one).

    Over any span of time that is no more than `per_second` times its seconds, plus one second's worth (at least one).
    Times are seconds on any clock that does not go back.

    Args:
        per_second: how many; above 0.
    """

    __slots__ = ("_full_at", "_lead", "_spacing")

    def __init__(self, per_second: float) -> None:
        self._spacing = 1 / per_second
        # How far ahead of an even pace one may be: what may go at once, less the one that is due.
        self._lead = (max(1.0, per_second) - 1) * self._spacing
        # When all that has gone would have gone at an even pace; the allowance is whole again then.
        self._full_at = float("-inf")

    def next_at(self) -> float:
        """Return from when on the next one may go; that may lie in the past."""
        return self._full_at - self._lead

    def take(self, now: float) -> None:
        """Let one go. Whether it may is for the caller to ask first."""
        self._full_at = max(self._full_at, now) + self._spacing

    def is_full(self, now: float) -> bool:
        """Return whether it is as if nothing had ever gone."""
        return self._full_at <= now
