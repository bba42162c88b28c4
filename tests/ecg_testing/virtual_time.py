"""Time that passes at once: who sleeps wakes as soon as nobody has anything else to do."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Idling(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Moves the time on instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise AssertionError("everybody waits for somebody else")
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is a number of its own, beginning at 0."""

    def __init__(self) -> None:
        self._idling = _Idling()
        super().__init__(self._idling)

    def time(self) -> float:
        """Return the seconds since the loop was made."""
        return self._idling.now


def in_virtual_time(main: Callable[[Callable[[], float]], Coroutine[Any, Any, Result]]) -> Result:
    """Run something to its end; it is given the clock."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main(runner.get_loop().time))
