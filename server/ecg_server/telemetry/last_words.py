"""How long what is sent over OTLP may hold up a server that ends."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Perhaps nobody is there to take it, and a drain has to end in time.
LAST_WORDS_SECONDS = 1.0

logger = logging.getLogger(__name__)


@contextmanager
def last_words(end_exporter: Callable[[], None]) -> Iterator[None]:
    """End an exporter that is not done in a moment; by itself it tries again for OTEL_EXPORTER_OTLP_TIMEOUT.

    Args:
        end_exporter: ends what sends the last within the block, which blocks until it is sent or given up.
    """

    def give_up() -> None:
        logger.warning("what is sent over OTLP is not taken in time; the last of it is lost")
        end_exporter()

    timer = threading.Timer(LAST_WORDS_SECONDS, give_up)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
