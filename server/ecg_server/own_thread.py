"""Threads for what may take long, or for ever."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")

_threads: set[threading.Thread] = set()


async def in_own_thread(call: Callable[[], Result]) -> Result:
    """Return what a function returns that may block for ever.

    The thread is none of those that large messages wait for, and the process does not wait for it when it ends.
    """
    result: Future[Result] = Future()
    # Nobody can call it off once it runs; the thread needs to be sure of that.
    result.set_running_or_notify_cancel()
    thread = threading.Thread(target=_fulfil, args=(result, call), name="own thread", daemon=True)
    _threads.add(thread)
    thread.start()
    return await asyncio.wrap_future(result)


def wait_for_own_threads(seconds: float) -> bool:
    """Return whether all of these threads have ended, or do within so many seconds.

    A process that ends while one of them is in the network, or loads one, may be ended by the runtime with SIGABRT.
    """
    ends = time.monotonic() + seconds
    for thread in list(_threads):
        thread.join(max(0.0, ends - time.monotonic()))
    return not any(thread.is_alive() for thread in list(_threads))


def _fulfil(result: Future[Result], call: Callable[[], Result]) -> None:
    try:
        result.set_result(call())
    except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
        result.set_exception(error)
    finally:
        _threads.discard(threading.current_thread())
