"""Keeps a server's memory from growing with the recordings it has seen."""

import ctypes
from contextlib import suppress

# From malloc.h of the GNU C library, which alone has the parameter.
_M_ARENA_MAX = -8
_HEAPS = 2


def use_few_heaps() -> None:
    """Let all threads allocate from two heaps; to be called before there are any.

    The GNU C library gives threads heaps of their own, and what one thread takes and another gives back leaves holes
    in them: over a stream of 80,000 recordings resident memory grew by 4.5 %; with two heaps it stays level and is as
    fast, with one it is a little slower. Other C libraries are left as they are.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def give_memory_back() -> None:
    """Give the system back what was freed; it takes some milliseconds.

    The GNU C library keeps it otherwise, in holes that the next model does not fit into: each model that takes over
    leaves some, and after ten of them a server was half as large again. Other C libraries are left as they are.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
