"""How a test of overload is done. Read once, by `__main__`."""

from dataclasses import dataclass

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was asked for.

    Attributes:
        models: what is served, one after the other: shipped bundles' names, or paths.
        multiples: how many times its capacity the server is asked for.
        connections: over how many connections the callers call, each of these in turn.
        rounds: how often each flood is measured.
        seconds: how long a flood is measured, and how long its capacity before and after it; in seconds.
        filling_seconds: how long a flood lasts before it is measured, so that the queue is full by then.
        callers: callers that wait for their answers, when capacity is measured.
        queue_windows: windows that may wait in the server; None: as many as it ships with.
        server_cores: the cores that the server has.
        caller_cores: the cores that the callers have, each a process of them.
    """

    models: tuple[str, ...]
    multiples: tuple[float, ...]
    connections: tuple[int, ...]
    rounds: int
    seconds: float
    filling_seconds: float
    callers: int
    queue_windows: int | None = None
    server_cores: tuple[int, ...]
    caller_cores: tuple[int, ...]


def shared_out(cores: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the server's cores and the callers': half each; of a single one both have it."""
    half = len(cores) // 2
    return (cores[:half], cores[half:]) if half else (cores, cores)
