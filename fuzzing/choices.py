"""Decisions made from bytes, so that a fuzzer that changes bytes changes decisions."""

import struct
from collections.abc import Sequence
from typing import TypeVar

One = TypeVar("One")


class Choices:
    """Takes decisions from the beginning of some bytes; when they are used up, all is 0.

    Args:
        data: the bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._used = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes, as many as asked for."""
        taken = self._data[self._used : self._used + count]
        self._used += count
        return taken.ljust(count, b"\0")

    def rest(self) -> bytes:
        """Return all bytes that were not used yet."""
        return self._data[self._used :]

    def integer(self, least: int, greatest: int) -> int:
        """Return a number, both ends included."""
        return least + int.from_bytes(self.take(4), "little") % (greatest - least + 1)

    def one_of(self, choices: Sequence[One]) -> One:
        """Return one of several."""
        return choices[self.take(1)[0] % len(choices)]

    def number(self) -> float:
        """Return any number that a double can be, those that are none included."""
        (number,) = struct.unpack("<d", self.take(8))
        return float(number)
