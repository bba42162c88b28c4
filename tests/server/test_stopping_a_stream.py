"""A stream that is told to stop in the very moment in which a message arrives."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ecg.v1 import ecg_service_pb2 as pb
from ecg_server.batching import Batcher
from ecg_server.call import Call
from ecg_server.errors import ShuttingDownError
from ecg_server.prediction_stream import PredictionStream
from ecg_server.settings import BatchingSettings
from ecg_testing.fakes import fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.serving import served


async def test_a_message_that_arrives_with_the_order_to_stop_is_answered() -> None:
    """What has been received is answered, even if nobody has looked at it when the order comes."""
    classifier = fake_classifier()
    batcher = Batcher(BatchingSettings())
    message: asyncio.Future[pb.PredictStreamRequest] = asyncio.get_running_loop().create_future()
    is_reading = asyncio.Event()

    async def requests() -> AsyncIterator[pb.PredictStreamRequest]:
        is_reading.set()
        yield await message
        raise AssertionError("the stream read on")

    stream = PredictionStream(batcher, served(classifier).find, requests(), 10, float("inf"), Call())
    await is_reading.wait()
    message.set_result(pb.PredictStreamRequest(recordings=[numbered_recording(number) for number in range(3)]))
    stream.stop_reading()
    answered = 0
    try:
        async for response in stream.responses():
            answered += len(response.results)
    except ShuttingDownError:
        assert answered == 3
    else:
        pytest.fail("the stream ended as if everything had been sent")
    finally:
        await batcher.close()
