"""What one caller may have: so many calls at once, and so many recordings a second.

The limits hold in one process. Of several workers each has its own shares, and the kernel decides which of them a
connection goes to: a caller with several connections may have the limits several times, up to once a worker.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ecg_server.access.allowance import Allowance
from ecg_server.errors import CallerLimitError

# When a call will end nobody knows. Long enough that a refused caller is no load, short enough to be let in soon.
RETRY_AFTER_SECONDS = 0.5

# Only from so many callers on are those looked for that have gone.
FEW_CALLERS = 256

Clock = Callable[[], float]


class Share:
    """What one caller has of the server. Used from one event loop, and held only inside `open_call`.

    Args:
        recordings_per_second: as in `Shares`.
        calls: as in `Shares`.
        clock: as in `Shares`.
    """

    def __init__(self, recordings_per_second: float, calls: int, clock: Clock) -> None:
        self._per_second = recordings_per_second
        self._allowance = Allowance(recordings_per_second) if recordings_per_second > 0 else None
        self._most_calls = calls
        self._open_calls = 0
        self._clock = clock
        self._turn = asyncio.Lock()

    @property
    def is_limited(self) -> bool:
        """Whether recordings may have to wait."""
        return self._allowance is not None

    @contextmanager
    def open_call(self) -> Iterator[None]:
        """Count a call as open.

        Raises:
            CallerLimitError: the caller has as many open as it may.
        """
        if 0 < self._most_calls <= self._open_calls:
            raise CallerLimitError(f"{_counted(self._most_calls, 'call')} open at once", RETRY_AFTER_SECONDS)
        self._open_calls += 1
        try:
            yield
        finally:
            self._open_calls -= 1

    def take(self) -> None:
        """Let a recording through now.

        Raises:
            CallerLimitError: it is too early for the next one; the error says for how long.
        """
        if self._allowance is None:
            return
        now = self._clock()
        early = self._allowance.next_at() - now
        if early > 0:
            raise CallerLimitError(f"{_counted(self._per_second, 'recording')} a second", early)
        self._allowance.take(now)

    async def take_when_allowed(self) -> None:
        """Let a recording through as soon as it may go: this slows a stream down where a single call is refused.

        Those who wait are let through in the order in which they came. Whoever gives up costs nobody anything.
        """
        if self._allowance is None:
            return
        async with self._turn:
            # A timer may come early, and a single call may have gone first.
            while (early := self._allowance.next_at() - self._clock()) > 0:  # noqa: ASYNC110 - it is time that is waited for
                await asyncio.sleep(early)
            self._allowance.take(self._clock())

    def is_idle(self) -> bool:
        """Return whether nobody would notice if the caller began anew."""
        has_all = self._allowance is None or self._allowance.is_full(self._clock())
        return has_all and self._open_calls == 0


class Shares:
    """The shares of all callers.

    Args:
        recordings_per_second: what one caller may send on average, and, after a pause, at once (but always at least
            one); 0: as many as it likes.
        calls: calls and streams that one caller may have open at once; 0: as many as it likes.
        clock: seconds that do not go back.
    """

    def __init__(self, recordings_per_second: float, calls: int, clock: Clock = time.monotonic) -> None:
        self._limits = (recordings_per_second, calls, clock)
        self._free = None if recordings_per_second > 0 or calls > 0 else Share(*self._limits)
        self._shares: dict[str, Share] = {}
        self._many = FEW_CALLERS

    def __len__(self) -> int:
        """Return how many callers are kept in mind."""
        return len(self._shares)

    def share_of(self, caller: str) -> Share:
        """Return a caller's share; without limits all have one and the same."""
        if self._free is not None:
            return self._free
        share = self._shares.get(caller)
        if share is None:
            self._forget_idle()
            share = self._shares[caller] = Share(*self._limits)
        return share

    def _forget_idle(self) -> None:
        """Forget who has gone, now and then: no more are kept than twice those that have something open or used."""
        if len(self._shares) < self._many:
            return
        self._shares = {caller: share for caller, share in self._shares.items() if not share.is_idle()}
        self._many = max(FEW_CALLERS, 2 * len(self._shares))


def _counted(most: float, noun: str) -> str:
    return f"at most {most:g} {noun}" if most == 1 else f"at most {most:g} {noun}s"
