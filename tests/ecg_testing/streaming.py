"""Clients that stream in the background while something is done to their service."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ecg_client import AsyncEcgClient, EcgClient
from ecg_client.resumption import logger
from ecg_testing.exactly_once import KnownAnswers, Tally


@contextmanager
def both_streaming(address: str, known: KnownAnswers) -> Iterator[tuple[Tally, Tally]]:
    """Stream with a blocking and with an asynchronous client until the end of the block."""
    with ExitStack() as stack:
        streams = (streaming(address, known, is_async=is_async) for is_async in (False, True))
        blocking, asynchronous = map(stack.enter_context, streams)
        yield blocking, asynchronous


@contextmanager
def streaming(address: str, known: KnownAnswers, *, is_async: bool) -> Iterator[Tally]:
    """Stream recordings until the end of the block, then wait for the last answer.

    Raises:
        ServiceError: the stream gave up.
    """
    tally = Tally(known)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            if is_async:
                asyncio.run(_stream_async(address, tally))
            else:
                _stream(address, tally)
        except BaseException as error:  # noqa: BLE001 - raised below, in the thread of the test
            errors.append(error)

    thread = threading.Thread(target=run, name="streaming")
    counter = _CutCounter(thread, tally)
    logger.addHandler(counter)
    thread.start()
    try:
        tally.wait_until_resumed(0)
        yield tally
    finally:
        logger.removeHandler(counter)
        tally.stop()
        thread.join(timeout=120)
        tally.end()
        for error in errors:
            raise error
    if thread.is_alive():
        raise TimeoutError(f"the stream does not end: {tally}")


class _CutCounter(logging.Handler):
    """Counts what the client says of cuts in one thread."""

    def __init__(self, thread: threading.Thread, tally: Tally) -> None:
        super().__init__(logging.WARNING)
        self._thread = thread
        self._tally = tally

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread.ident and "was cut after" in record.getMessage():
            self._tally.note_cut()


def _stream(address: str, tally: Tally) -> None:
    with EcgClient(address) as client:
        for result in client.predict_stream(tally.recordings()):
            tally.add(result)


async def _stream_async(address: str, tally: Tally) -> None:
    async with AsyncEcgClient(address) as client:
        async for result in client.predict_stream(tally.recordings()):
            tally.add(result)
