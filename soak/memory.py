"""How much memory a server has when it has nothing to do."""

import time

import psutil

_READINGS, _APART_SECONDS = 2, 0.5


def megabytes(pid: int) -> float:
    """Return the resident memory of a process, in 10^6 bytes."""
    return float(psutil.Process(pid).memory_info().rss / 1e6)


def megabytes_at_rest(pid: int) -> float:
    """Return the least that a process has for a while, in 10^6 bytes."""
    readings = []
    for _ in range(_READINGS):
        time.sleep(_APART_SECONDS)
        readings.append(megabytes(pid))
    return min(readings)
