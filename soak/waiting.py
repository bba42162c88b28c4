"""Waiting for what is to come soon."""

import time
from collections.abc import Callable

_PATIENCE_SECONDS = 90.0


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: it does not, after a while in which it should have; says what was waited for.
    """
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"waited for {_PATIENCE_SECONDS:g} s: {what}")
        time.sleep(0.05)
