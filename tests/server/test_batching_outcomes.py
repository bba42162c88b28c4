"""The batcher alone: failures, callers that stop waiting, and the end."""

import asyncio
import time

import pytest

from ecg_model.classifier import Prediction
from ecg_model.errors import InvalidRecordingError
from ecg_server.batching import Caller
from ecg_server.errors import ClassificationFailedError, DeadlinePassedError
from ecg_testing.batches import Numbers, batching, begun, recording


async def test_a_failing_batch_harms_no_other() -> None:
    """Everyone in the batch that failed gets its error; the next batch is classified."""
    classify = Numbers(is_open=False)
    async with batching(classify, largest_batch=2) as batcher:
        await begun(classify, batcher)
        caller = Caller(classify)
        outcomes = [batcher.submit(recording(number), caller) for number in (12, 13, 1, 2)]
        classify.gate.set()
        failed, broken, *good = await asyncio.gather(*outcomes)

    assert isinstance(failed, ClassificationFailedError)
    assert isinstance(broken, ClassificationFailedError)
    assert good == [Prediction((1.0,), ()), Prediction((2.0,), ())]


async def test_a_refused_recording_harms_no_neighbour() -> None:
    """In one batch a recording is refused and its neighbours are classified."""
    classify = Numbers(is_open=False)
    async with batching(classify) as batcher:
        await begun(classify, batcher)
        outcomes = [batcher.submit(recording(number), Caller(classify)) for number in (1, 14, 2)]
        classify.gate.set()
        first, refused, second = await asyncio.gather(*outcomes)

    assert classify.batches[1] == [1, 14, 2]
    assert isinstance(refused, InvalidRecordingError)
    assert (first, second) == (Prediction((1.0,), ()), Prediction((2.0,), ()))


async def test_a_cancelled_recording_is_not_computed() -> None:
    """Cancelling what will hold the outcome takes the recording out of the queue."""
    classify = Numbers(is_open=False)
    async with batching(classify) as batcher:
        await begun(classify, batcher)
        outcomes = [batcher.submit(recording(number), Caller(classify)) for number in (1, 2, 3)]
        outcomes[1].cancel()
        classify.gate.set()
        await asyncio.wait(outcomes)

        assert classify.batches == [[0], [1, 3]]
        assert (batcher.counts.dropped, batcher.counts.recordings, batcher.counts.batches) == (1, 3, 2)


async def test_a_recording_whose_deadline_has_passed_is_not_computed() -> None:
    """Its outcome is the error that says so, and the others' are what they are."""
    classify = Numbers(is_open=False)
    async with batching(classify) as batcher:
        await begun(classify, batcher)
        late = batcher.submit(recording(1), Caller(classify, deadline=time.monotonic() - 1))
        good = batcher.submit(recording(2), Caller(classify, deadline=time.monotonic() + 3600))
        classify.gate.set()

        assert isinstance(await late, DeadlinePassedError)
        assert await good == Prediction((2.0,), ())
        assert classify.batches == [[0], [2]]
        assert (batcher.counts.dropped, batcher.counts.computed_after_deadline) == (1, 0)


async def test_a_queue_of_recordings_nobody_wants_makes_room() -> None:
    """Who waits for room gets it when those before him have gone, though none of them was computed."""
    classify = Numbers(is_open=False)
    async with batching(classify, queue_windows=2) as batcher:
        await begun(classify, batcher)
        gone = [batcher.submit(recording(number), Caller(classify)) for number in (1, 2)]
        waiting = asyncio.ensure_future(batcher.submit_when_room(recording(3), Caller(classify)))
        await asyncio.wait([waiting], timeout=0)
        for one in gone:
            one.cancel()
        classify.gate.set()

        assert await (await waiting) == Prediction((3.0,), ())
        assert classify.batches == [[0], [3]]


async def test_closing_finishes_what_waits() -> None:
    """Whoever waits when the batcher is closed is answered first."""
    classify = Numbers(is_open=False)
    async with batching(classify, largest_batch=2) as batcher:
        await begun(classify, batcher)
        outcomes = [batcher.submit(recording(number), Caller(classify)) for number in range(1, 6)]
        closing = asyncio.ensure_future(batcher.close())
        await asyncio.wait([closing], timeout=0)
        classify.gate.set()
        await closing
        results = await asyncio.gather(*outcomes)

    assert results == [Prediction((float(number),), ()) for number in range(1, 6)]


async def test_closing_an_idle_batcher_ends() -> None:
    """There is nothing to wait for, and closing twice is harmless."""
    async with batching(Numbers(), runs=3) as batcher:
        await batcher.close()


@pytest.mark.parametrize("runs", [1, 2])
async def test_as_many_batches_run_side_by_side_as_there_are_runs(runs: int) -> None:
    """While the gate is closed, one batch for each run has been begun; the others wait."""
    classify = Numbers(is_open=False)
    async with batching(classify, largest_batch=1, runs=runs) as batcher:
        outcomes = []
        for number in range(runs):
            classify.entered.clear()
            outcomes.append(await begun(classify, batcher, number))
        outcomes += [batcher.submit(recording(number), Caller(classify)) for number in range(runs, 4)]

        assert sorted(classify.batches) == [[number] for number in range(runs)]
        classify.gate.set()
        await asyncio.gather(*outcomes)
    assert len(classify.batches) == 4
