"""Callers that stop waiting: what they left behind is not computed, and the server goes on."""

import asyncio

import grpc
import pytest
from grpc import aio

from ecg_testing.fakes import FirstSamples, GatedNetwork, entered, fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.serving import ONE_BY_ONE, group, request, serving_openly
from ecg_testing.waiting import until

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


@pytest.mark.parametrize("is_busy", [True, False], ids=["full of recordings", "full of results"])
async def test_a_stream_that_is_cancelled_by_a_caller_who_never_reads_ends(*, is_busy: bool) -> None:
    """A stream that waits for room, for its caller or for the network ends when the caller goes."""
    network = GatedNetwork() if is_busy else FirstSamples()
    if isinstance(network, GatedNetwork):
        network.close()
    async with serving_openly(fake_classifier(network), ONE_BY_ONE, stream_recordings=64) as server:
        call = server.stub.PredictStream(iter([group([numbered_recording(1)] * 100)] * 20))
        if isinstance(network, GatedNetwork):
            await entered(network)
        else:
            await until(lambda: server.batcher.counts.recordings > 64)
        call.cancel()
        await until(lambda: not is_any_stream_open())
        if isinstance(network, GatedNetwork):
            network.gate.set()
        after = await server.stub.Predict(request(numbered_recording(99)))

        assert after.prediction.classes[0].probability == pytest.approx(0.099)
        assert server.batcher.counts.recordings < 2001
