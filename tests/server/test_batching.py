"""The batcher alone: turns and bounds."""

import asyncio
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg_model.classifier import Prediction
from ecg_server.batching import Caller
from ecg_server.errors import QueueFullError
from ecg_testing.batches import RECORDING_BYTES, Numbers, batching, begun, recording


@settings(max_examples=20)
@given(st.lists(st.integers(0, 12), max_size=40), st.integers(1, 5), st.integers(1, 3))
def test_every_recording_gets_its_own_outcome(numbers: list[int], largest_batch: int, runs: int) -> None:
    """Whatever the batches are, each recording's outcome is its own, and no batch is too large."""
    classify = Numbers()

    async def outcomes() -> list[object]:
        async with batching(classify, largest_batch=largest_batch, runs=runs) as batcher:
            callers = [Caller(classify), Caller(classify)]
            return await asyncio.gather(*(batcher.submit(recording(number), callers[number % 2]) for number in numbers))

    assert asyncio.run(outcomes()) == [Prediction((float(number),), ()) for number in numbers]
    assert all(1 <= len(batch) <= largest_batch for batch in classify.batches)


async def test_a_heavy_caller_does_not_keep_out_single_ones() -> None:
    """Those who come after a hundred recordings of one caller are in the very next batch."""
    classify = Numbers(is_open=False)
    async with batching(classify, queue_windows=200) as batcher:
        await begun(classify, batcher)
        heavy = Caller(classify)
        for _ in range(100):
            batcher.submit(recording(1), heavy)
        single = [batcher.submit(recording(number), Caller(classify)) for number in (2, 3)]
        classify.gate.set()
        await asyncio.gather(*single)

    assert sorted(classify.batches[1]) == [1, 1, 2, 3]


async def test_one_callers_recordings_keep_their_order() -> None:
    """A caller's recordings are begun in the order in which they were submitted."""
    classify = Numbers(is_open=False)
    async with batching(classify, largest_batch=3) as batcher:
        await begun(classify, batcher)
        caller = Caller(classify)
        outcomes = [batcher.submit(recording(number), caller) for number in range(1, 8)]
        classify.gate.set()
        await asyncio.gather(*outcomes)

    assert classify.batches == [[0], [1, 2, 3], [4, 5, 6], [7]]


async def test_the_queue_is_bounded_in_windows() -> None:
    """Most are one window. What is being computed does not count; one more than may wait is refused."""
    classify = Numbers(is_open=False)
    async with batching(classify, queue_windows=3) as batcher:
        await begun(classify, batcher)
        for number in range(1, 4):
            batcher.submit(recording(number), Caller(classify))
        with pytest.raises(QueueFullError) as caught:
            batcher.submit(recording(4), Caller(classify))

    assert caught.value.retry_after_seconds > 0
    assert list(chain(*classify.batches)) == [0, 1, 2, 3]


async def test_a_long_recording_takes_the_place_of_many_in_the_queue() -> None:
    """It counts for its windows: what waits is bounded in work, however few recordings it is."""
    classify = Numbers(is_open=False)
    async with batching(classify, queue_windows=3) as batcher:
        await begun(classify, batcher)
        batcher.submit(recording(300), Caller(classify))
        with pytest.raises(QueueFullError):
            batcher.submit(recording(1), Caller(classify))

    assert list(chain(*classify.batches)) == [0, 300]


async def test_a_batch_is_filled_by_windows() -> None:
    """No more of them than the largest batch has, but for a recording that is longer by itself."""
    classify = Numbers(is_open=False)
    async with batching(classify, largest_batch=4) as batcher:
        await begun(classify, batcher)
        for number in (1, 200, 2, 3, 900, 4):
            batcher.submit(recording(number), Caller(classify))

    assert classify.batches == [[0], [1, 200, 2], [3], [900], [4]]


async def test_the_queue_is_bounded_in_bytes() -> None:
    """A recording that would take the queue over its bytes is refused, though there is room for its number."""
    classify = Numbers(is_open=False)
    async with batching(classify, queue_bytes=2 * RECORDING_BYTES) as batcher:
        await begun(classify, batcher)
        batcher.submit(recording(1), Caller(classify))
        batcher.submit(recording(2), Caller(classify))
        with pytest.raises(QueueFullError):
            batcher.submit(recording(3), Caller(classify))


async def test_an_empty_queue_takes_a_recording_larger_than_itself() -> None:
    """Otherwise it could never be classified."""
    classify = Numbers()
    async with batching(classify, queue_bytes=1) as batcher:
        assert await batcher.submit(recording(5), Caller(classify)) == Prediction((5.0,), ())


async def test_streams_leave_room_for_single_calls() -> None:
    """When all that streams may fill is full, and one of them waits, a single call still gets its place."""
    classify = Numbers(is_open=False)
    async with batching(classify, queue_windows=8) as batcher:
        await begun(classify, batcher)
        stream = Caller(classify)
        for number in range(1, 7):
            await batcher.submit_when_room(recording(number), stream)
        seventh = asyncio.ensure_future(batcher.submit_when_room(recording(7), stream))
        done, _ = await asyncio.wait([seventh], timeout=0)
        single = batcher.submit(recording(100), Caller(classify))
        classify.gate.set()
        outcome = await single
        await (await seventh)

    assert done == set()
    assert outcome == Prediction((100.0,), ())


async def test_waiting_for_room_ends_when_there_is_room() -> None:
    """Five who wait for one place get it one after the other, and nobody is forgotten."""
    classify = Numbers(is_open=False)
    async with batching(classify, largest_batch=1, queue_windows=1) as batcher:
        await begun(classify, batcher)
        batcher.submit(recording(1), Caller(classify))
        waiting = [
            asyncio.ensure_future(batcher.submit_when_room(recording(number), Caller(classify)))
            for number in range(2, 7)
        ]
        done, _ = await asyncio.wait(waiting, timeout=0)
        assert done == set()
        classify.gate.set()
        outcomes = await asyncio.gather(*[await one for one in waiting])

    assert outcomes == [Prediction((float(number),), ()) for number in range(2, 7)]


async def test_who_gives_up_waiting_for_room_holds_up_nobody() -> None:
    """A caller that goes away while it waits for room leaves the room to the next."""
    classify = Numbers(is_open=False)
    async with batching(classify, largest_batch=1, queue_windows=1) as batcher:
        await begun(classify, batcher)
        batcher.submit(recording(1), Caller(classify))
        first, second = (
            asyncio.ensure_future(batcher.submit_when_room(recording(number), Caller(classify))) for number in (2, 3)
        )
        await asyncio.wait([first, second], timeout=0)
        first.cancel()
        classify.gate.set()
        outcome = await (await second)

    assert outcome == Prediction((3.0,), ())
    assert classify.batches == [[0], [1], [3]]
