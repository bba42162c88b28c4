"""Waiting without an event to wait for."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that gives no sign of its own."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


async def settled(count: Callable[[], int]) -> None:
    """Wait until a count has stayed the same for a while."""
    before = -1
    while before != count():
        before = count()
        await asyncio.sleep(0.3)
