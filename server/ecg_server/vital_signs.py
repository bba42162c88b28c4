"""Looks, again and again, whether the server is still fit to answer.

A check that fails turns the service NOT_SERVING; the process goes on, to say why and to recover by itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ecg_model.errors import BundleError
from ecg_server.own_thread import in_own_thread

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at.

    Attributes:
        name: what it is, such as "golden recordings".
        look: returns None when all is well, or else in a sentence what is wrong and what to do. The same fault is
            always said in the same words.
        seconds: how long it may take; one that takes longer counts as failed.
    """

    name: str
    look: Callable[[], Awaitable[str | None]]
    seconds: float = 10.0


class VitalSigns:
    """Makes all checks, side by side, at intervals.

    A check that does not come back is not made a second time before it does.

    Args:
        checks: what to look at.
        every_seconds: how long to wait between two rounds.
        report: is told the problem whenever it changes; None: all is well, as it is taken to be at first. It must not
            fail.

    Attributes:
        problem: what is wrong, in a sentence for each failed check; None: nothing.
    """

    def __init__(
        self, checks: Sequence[Check], every_seconds: float, report: Callable[[str | None], Awaitable[None]]
    ) -> None:
        self.problem: str | None = None
        self._checks = checks
        self._every_seconds = every_seconds
        self._report = report
        self._looking: dict[Check, asyncio.Task[str | None]] = {}

    async def keep_watch(self) -> None:
        """Look at once, and again and again until cancelled."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(self._every_seconds)
        finally:
            for task in self._looking.values():
                task.cancel()

    async def look(self) -> None:
        """Make every check once, and report what has changed."""
        problems = await asyncio.gather(*map(self._problem, self._checks))
        problem = "; ".join(dict.fromkeys(filter(None, problems))) or None
        if problem == self.problem:
            return
        self.problem = problem
        if problem is None:
            logger.info("the server is well again and takes calls")
        else:
            logger.error("the server is not well and takes no calls: %s", problem)
        await self._report(problem)

    async def _problem(self, check: Check) -> str | None:
        task = self._looking.get(check) or asyncio.create_task(_look(check))
        self._looking[check] = task
        done, _ = await asyncio.wait([task], timeout=check.seconds)
        if not done:
            return f"the check of {check.name} does not come back; if it stays so, restart the server"
        del self._looking[check]
        return task.result()


async def _look(check: Check) -> str | None:
    try:
        return await check.look()
    except Exception:
        logger.exception("the check of %s failed for a reason nobody foresaw", check.name)
        return f"the check of {check.name} failed, the log says why; if it stays so, restart the server"


def stuck_runs(longest_run_seconds: Callable[[], float], limit: float) -> Check:
    """Return the check that no run of the network is stuck.

    Args:
        longest_run_seconds: tells how long the oldest run in progress has lasted; 0 when there is none.
        limit: how many seconds one may take.
    """

    async def look() -> str | None:
        if longest_run_seconds() <= limit:
            return None
        return f"a run of the network is stuck: it has taken more than {limit:g} s; if it stays so, restart the server"

    return Check("runs of the network", look)


def golden(check_classifier: Callable[[], None], seconds: float = 30.0) -> Check:
    """Return the check that the network still gives its golden recordings their probabilities.

    Args:
        check_classifier: classifies them; raises BundleError when they are others. It is called in a thread of its own.
        seconds: how long it may take beside all other work.
    """

    async def look() -> str | None:
        try:
            await in_own_thread(check_classifier)
        except BundleError as error:
            return f"the network no longer gives what it should: {error}; restart the server, and look at its memory"
        return None

    return Check("golden recordings", look, seconds)


class Writable(Protocol):
    """What is written down."""

    def check(self) -> str | None:
        """Try to write what could not be written; return in a sentence what is wrong. May block."""


def logs_writable(logs: Writable) -> Check:
    """Return the check that the log and the audit log can be written."""

    async def look() -> str | None:
        return await in_own_thread(logs.check)

    return Check("logs", look, seconds=30.0)
