"""Threads for what may take long, or for ever."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


async def in_own_thread(call: Callable[[], Result]) -> Result:
    """Return what a function returns that may block for ever.

    The thread is none of those that large messages wait for, and the process does not wait for it when it ends.
    """
    result: Future[Result] = Future()
    # Nobody can call it off once it runs; the thread needs to be sure of that.
    result.set_running_or_notify_cancel()
    threading.Thread(target=_fulfil, args=(result, call), name="own thread", daemon=True).start()
    return await asyncio.wrap_future(result)


def _fulfil(result: Future[Result], call: Callable[[], Result]) -> None:
    try:
        result.set_result(call())
    except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
        result.set_exception(error)
