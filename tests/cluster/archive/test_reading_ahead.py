import threading
from collections.abc import Iterator

import pytest

from ecg_cluster.archive.reading_ahead import read_ahead


def _twice(number: int) -> Iterator[int]:
    yield number
    yield number


@pytest.mark.parametrize("threads", [1, 3])
def test_everything_comes_once(threads: int) -> None:
    """Whatever the order, and however little may wait."""
    assert sorted(read_ahead(range(50), _twice, threads, ahead=2)) == sorted([*range(50)] * 2)


def test_what_a_reader_raises_is_raised_where_it_is_taken() -> None:
    """And no thread is left that waits for room."""
    before = threading.active_count()

    def read(number: int) -> Iterator[int]:
        if number == 3:
            raise ValueError("three")
        yield number

    with pytest.raises(ValueError, match="three"):
        list(read_ahead(range(1000), read, threads=2, ahead=1))
    assert threading.active_count() == before


def test_whoever_stops_taking_ends_the_reading() -> None:
    """No more is read than may wait, and what each thread holds."""
    taken: list[int] = []

    def read(number: int) -> Iterator[int]:
        taken.append(number)
        yield number

    items = read_ahead(range(1000), read, threads=2, ahead=2)
    next(items)
    items.close()  # type: ignore[attr-defined] # it is a generator
    assert len(taken) < 20
