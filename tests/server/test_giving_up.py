"""Callers that stop waiting: what they left behind is not computed, and the server goes on."""

import asyncio

import grpc
import pytest
from grpc import aio

from ecg_server.recording_conversion import MAXIMUM_RECORDING_ID_BYTES
from ecg_testing.fakes import FirstSamples, GatedNetwork, entered, fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.serving import ONE_BY_ONE, group, request, serving_openly
from ecg_testing.waiting import settled, until

# Short enough not to hold up the tests; nothing is asserted about how long anything takes.
TIMEOUT_S = 0.3


def is_any_stream_open() -> bool:
    """Return whether a task of this event loop still reads a stream."""
    coroutines = [task.get_coro() for task in asyncio.all_tasks()]
    return any(getattr(one, "__qualname__", "") == "PredictionStream._read" for one in coroutines)


async def test_a_call_whose_deadline_passes_in_the_queue_is_never_computed() -> None:
    """The caller gets DEADLINE_EXCEEDED; its recording leaves the queue and the next one is answered."""
    network = GatedNetwork()
    network.close()
    async with serving_openly(fake_classifier(network), ONE_BY_ONE) as server:
        first = server.stub.Predict(request(numbered_recording(1)))
        await entered(network)
        with pytest.raises(aio.AioRpcError) as caught:
            await server.stub.Predict(request(numbered_recording(2)), timeout=TIMEOUT_S)
        third = server.stub.Predict(request(numbered_recording(3)))
        network.gate.set()
        await asyncio.gather(first, third)

        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert network.seen_numbers == [1, 3]
        assert (server.batcher.counts.dropped, server.batcher.counts.computed_after_deadline) == (1, 0)


async def test_a_stream_whose_deadline_passes_leaves_nothing_behind() -> None:
    """Of ten recordings the one that was computing is computed; nine are dropped."""
    network = GatedNetwork()
    network.close()
    async with serving_openly(fake_classifier(network), ONE_BY_ONE) as server:
        call = server.stub.PredictStream(iter([group(map(numbered_recording, range(10)))]), timeout=TIMEOUT_S)
        await entered(network)
        with pytest.raises(aio.AioRpcError) as caught:
            await call.read()
        await until(lambda: not is_any_stream_open())
        after = server.stub.Predict(request(numbered_recording(99)))
        network.gate.set()
        await after

        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert network.seen_numbers == [0, 99]
        assert (server.batcher.counts.dropped, server.batcher.counts.computed_after_deadline) == (9, 0)


async def test_a_stream_that_is_cancelled_while_the_network_is_busy_leaves_nothing_behind() -> None:
    """What waited is dropped, no task stays, and the server answers the next call."""
    network = GatedNetwork()
    network.close()
    async with serving_openly(fake_classifier(network), ONE_BY_ONE) as server:
        call = server.stub.PredictStream()
        await call.write(group(map(numbered_recording, range(20))))
        await entered(network)
        call.cancel()
        await until(lambda: not is_any_stream_open())
        after = server.stub.Predict(request(numbered_recording(99)))
        network.gate.set()

        assert (await after).prediction.classes[0].probability == pytest.approx(0.099)
        assert network.seen_numbers == [0, 99]
        assert server.batcher.counts.dropped == 19


async def test_a_stream_that_waits_for_room_ends_when_its_caller_goes() -> None:
    """As many recordings as it may have are on their way: one is computed, the others are dropped, no more is read."""
    network = GatedNetwork()
    network.close()
    async with serving_openly(fake_classifier(network), ONE_BY_ONE, stream_recordings=64) as server:
        call = server.stub.PredictStream(iter([group([numbered_recording(1)] * 100)] * 20))
        await entered(network)
        assert is_any_stream_open()
        call.cancel()
        await until(lambda: not is_any_stream_open())
        after = server.stub.Predict(request(numbered_recording(99)))
        network.gate.set()
        await after
        await until(lambda: server.batcher.counts.dropped == 63)

        assert network.seen_numbers == [1, 99]


async def test_a_stream_whose_caller_never_reads_ends_when_the_caller_goes() -> None:
    """Once its results find no way out it computes no more, and when the caller goes nothing of it stays."""
    network = FirstSamples()
    recording = numbered_recording(1)
    recording.recording_id = "r" * MAXIMUM_RECORDING_ID_BYTES  # the answers are soon larger than what may be unread
    async with serving_openly(fake_classifier(network), ONE_BY_ONE, stream_recordings=64) as server:
        call = server.stub.PredictStream(iter([group([recording] * 100)] * 30))
        await until(lambda: len(network.seen) > 64)
        await settled(lambda: len(network.seen))
        assert is_any_stream_open()
        call.cancel()
        await until(lambda: not is_any_stream_open())
        await server.stub.Predict(request(numbered_recording(99)))

        assert network.seen_numbers[-1] == 99
        assert len(network.seen) < 1000
