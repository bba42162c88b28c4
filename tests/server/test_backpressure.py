"""What a server holds while its network is busy, and what becomes of it when nobody waits any more."""

import asyncio
from collections.abc import AsyncIterator

import grpc
import pytest
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_model.classifier import Classifier
from ecg_server.batching import Batcher, Caller
from ecg_server.call import Call
from ecg_server.errors import QueueFullError
from ecg_server.prediction_stream import PredictionStream
from ecg_server.recording_conversion import recording_from_proto
from ecg_server.settings import BatchingSettings
from ecg_testing.fakes import GatedNetwork, entered, fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.serving import ONE_BY_ONE, group, request, served, serving, stream
from ecg_testing.statuses import call_status


async def settled() -> None:
    """Let everything happen on the event loop that can happen without anything from outside."""
    for _ in range(100):
        await asyncio.sleep(0)


class Sender:
    """Sends a stream's messages of so many recordings each.

    Attributes:
        read: how many of them were read.
    """

    def __init__(self, size: int = 1) -> None:
        self._size = size
        self.read = 0

    async def results(
        self, batcher: Batcher, classifier: Classifier, capacity: int
    ) -> list[prediction_pb2.RecordingResult]:
        """Send thirty messages and return all results."""
        find = served(classifier).find
        responses = PredictionStream(batcher, find, self._messages(), capacity, float("inf"), Call()).responses()
        return [result async for response in responses for result in response.results]

    async def _messages(self) -> AsyncIterator[pb.PredictStreamRequest]:
        for number in range(30):
            self.read += 1
            yield group([numbered_recording(number)] * self._size)


@pytest.mark.parametrize("size", [1, 3])
async def test_a_stream_reads_no_further_than_its_capacity(size: int) -> None:
    """While the network is busy a stream reads messages until its capacity is on the way, and then no more."""
    network = GatedNetwork()
    network.close()
    batcher = Batcher(ONE_BY_ONE)
    sender = Sender(size)
    results = asyncio.ensure_future(sender.results(batcher, fake_classifier(network), capacity=6))
    await entered(network)
    await settled()

    # One message more than is on the way: the one whose recordings found no room.
    assert sender.read == 6 // size + 1
    network.gate.set()
    assert len(await results) == 30 * size
    await batcher.close()


async def test_a_full_queue_makes_a_stream_wait() -> None:
    """Where a single call is refused a stream waits for room, and none of its recordings is lost."""
    network = GatedNetwork()
    network.close()
    settings = BatchingSettings(largest_batch=1, runs=1, queue_windows=4)
    classifier = fake_classifier(network)
    batcher = Batcher(settings)
    single = recording_from_proto(numbered_recording(1))
    batcher.submit(single, Caller(classifier))
    await entered(network)
    sender = Sender()
    results = asyncio.ensure_future(sender.results(batcher, classifier, capacity=256))
    await settled()

    # Three fill what streams may fill of four places; the next one waits, and nothing is read behind it.
    assert sender.read == 4
    batcher.submit(single, Caller(classifier))
    with pytest.raises(QueueFullError):
        batcher.submit(single, Caller(classifier))
    network.gate.set()
    assert [one.WhichOneof("outcome") for one in await results] == ["prediction"] * 30
    await batcher.close()


async def test_a_stream_longer_than_every_queue_is_answered_whole() -> None:
    """Queues of four and a capacity of eight slow a stream of 300 down, and lose nothing."""
    batching = BatchingSettings(largest_batch=3, runs=2, queue_windows=4)
    async with serving(fake_classifier(), batching=batching, stream_recordings=8) as server:
        results = await stream(server.stub, [group([numbered_recording(n % 1000)] * 10) for n in range(30)])

    assert [one.sequence_number for one in results] == list(range(300))
    assert {one.WhichOneof("outcome") for one in results} == {"prediction"}


async def test_a_full_queue_refuses_single_calls_and_says_when_to_come_back() -> None:
    """With one recording computing and room for one more, the second of two further calls is RESOURCE_EXHAUSTED."""
    network = GatedNetwork()
    batching = BatchingSettings(largest_batch=1, runs=1, queue_windows=1)
    async with serving(fake_classifier(network), batching=batching) as server:
        network.close()
        computing = server.stub.Predict(request(numbered_recording(1)))
        await entered(network)
        calls = [asyncio.ensure_future(_predict(server.stub)) for _ in range(2)]
        (refused,), (waiting,) = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        network.gate.set()
        await computing
        await waiting

    error = refused.exception()
    assert isinstance(error, aio.AioRpcError)
    status = call_status(error)
    assert (status.code, status.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "QUEUE_FULL")
    assert status.retry_info is not None
    assert status.retry_info.retry_delay.ToMilliseconds() > 0


async def _predict(stub: EcgServiceStub) -> pb.PredictResponse:
    return await stub.Predict(request(numbered_recording(2)))
