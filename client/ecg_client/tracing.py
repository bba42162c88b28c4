"""What every call brings, and the span that it is part of where somebody asks for spans."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from ecg_client.errors import MissingExtraError

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

Metadata = tuple[tuple[str, str], ...]
# Surrounds a call of the method that it is given the name of, and says what the call brings.
AroundCall = Callable[[str], AbstractContextManager[Metadata]]


def around_calls(metadata: Metadata, tracing: "bool | TracerProvider") -> AroundCall:
    """Returns what surrounds each call; without tracing, next to nothing.

    Args:
        metadata: What every call brings in any case.
        tracing: Whether calls are traced, or by which provider; True: by the one that the program has set.

    Raises:
        MissingExtraError: OpenTelemetry is not installed.
    """
    if tracing is False:
        nothing = nullcontext(metadata)
        return lambda _: nothing
    try:
        from ecg_client.call_spans import CallSpans  # noqa: PLC0415 - needs what the base install lacks
    except ModuleNotFoundError as error:
        raise MissingExtraError("Tracing", "telemetry") from error
    return CallSpans(metadata, None if tracing is True else tracing).around
