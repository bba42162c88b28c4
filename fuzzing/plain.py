"""Breeds inputs without coverage: seeds changed at random, always the same for the same seed of the random numbers."""

import random
import time
from collections.abc import Callable, Iterator, Sequence

GREATEST_CHANGES = 8
_INTERESTING = (
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x80\x7f",
    b"\0" * 8,
    b"9" * 20,
    b"[" * 50,
)


def inputs(seeds: Sequence[bytes], count: int, number: int = 0) -> Iterator[bytes]:
    """Yield inputs bred from seeds: the seeds themselves first.

    Args:
        seeds: what to begin with, at least one.
        count: how many to yield.
        number: the seed of the random numbers.
    """
    yield from seeds[:count]
    source = random.Random(number)  # noqa: S311 - repeatable, not secret
    for _ in range(count - len(seeds)):
        yield changed(source.choice(seeds), seeds, source)


def changed(data: bytes, others: Sequence[bytes], source: random.Random) -> bytes:
    """Return data with a few changes: bits flipped, pieces cut out, doubled, made up, or taken from others."""
    content = bytearray(data)
    for _ in range(source.randint(1, GREATEST_CHANGES)):
        source.choice(_CHANGES)(content, others, source)
    return bytes(content)


def run(test_one_input: Callable[[bytes], None], seeds: Sequence[bytes], count: int, number: int = 0) -> float:
    """Give a target inputs and return how many seconds the slowest took; what it lets out comes out here."""
    slowest = 0.0
    for data in inputs(seeds, count, number):
        started = time.perf_counter()
        test_one_input(data)
        slowest = max(slowest, time.perf_counter() - started)
    return slowest


def _flip(content: bytearray, _: Sequence[bytes], source: random.Random) -> None:
    if content:
        content[source.randrange(len(content))] ^= 1 << source.randrange(8)


def _overwrite(content: bytearray, _: Sequence[bytes], source: random.Random) -> None:
    start = source.randint(0, len(content))
    piece = source.choice((*_INTERESTING, source.randbytes(4)))
    content[start : start + len(piece)] = piece


def _insert(content: bytearray, _: Sequence[bytes], source: random.Random) -> None:
    start = source.randint(0, len(content))
    content[start:start] = source.choice((*_INTERESTING, source.randbytes(source.randint(1, 16))))


def _cut(content: bytearray, _: Sequence[bytes], source: random.Random) -> None:
    start = source.randint(0, len(content))
    del content[start : start + source.randint(1, max(1, len(content) // 4))]


def _truncate(content: bytearray, _: Sequence[bytes], source: random.Random) -> None:
    del content[source.randint(0, len(content)) :]


def _splice(content: bytearray, others: Sequence[bytes], source: random.Random) -> None:
    other = source.choice(others)
    start, length = source.randint(0, len(other)), source.randint(1, 200)
    place = source.randint(0, len(content))
    content[place:place] = other[start : start + length]


_CHANGES = (_flip, _flip, _overwrite, _insert, _cut, _truncate, _splice)
