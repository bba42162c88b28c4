"""What single calls meet while the queue is full: a refusal that costs the server next to nothing."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest
from grpc import aio

from ecg_server.batching import Caller
from ecg_server.errors import QueueFullError
from ecg_server.full_queue import METHOD
from ecg_server.settings import BatchingSettings
from ecg_testing.batches import Numbers, batching, begun, recording
from ecg_testing.fakes import GatedNetwork, entered, fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.serving import Serving, group, request, serving, stream
from ecg_testing.statuses import call_status
from ecg_testing.waiting import until

REFUSED = "the queue is full: calls refused"


@asynccontextmanager
async def full(network: GatedNetwork) -> AsyncIterator[Serving]:
    """Serve with a network that is busy and a queue of one that is taken; at the end both are let go."""
    settings = BatchingSettings(largest_batch=1, runs=1, queue_windows=1)
    async with serving(fake_classifier(network), batching=settings) as server:
        network.close()
        computing = server.stub.Predict(request(numbered_recording(1)))
        await entered(network)
        either = [asyncio.ensure_future(_answer(server)) for _ in range(2)]
        # The second of them finds the place taken by the first.
        _, waiting = await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        yield server
        network.gate.set()
        await asyncio.gather(computing, *waiting)


async def test_what_is_refused_is_not_even_read() -> None:
    """While there is room such a message is INVALID_ARGUMENT."""
    async with full(GatedNetwork()) as server:
        refused = await _refused(server)
    assert (refused.code(), call_status(refused).reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "QUEUE_FULL")
    assert call_status(refused).retry_info is not None


async def test_a_refusal_bears_the_callers_request_id() -> None:
    """As every other end of a call does."""
    async with full(GatedNetwork()) as server:
        refused = await _refused(server, ("x-request-id", "mine"))
    assert dict(refused.trailing_metadata())["x-request-id"] == "mine"


async def test_refusals_are_counted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """One line for all of a second, and none for each: a flood of calls is no flood of lines."""
    with caplog.at_level(logging.INFO):
        async with full(GatedNetwork()) as server:
            caplog.clear()
            for _ in range(20):
                await _refused(server)
            lines = [record.__dict__ for record in caplog.records]
            await until(lambda: any(record.message == REFUSED for record in caplog.records))
        counted = [record.__dict__ for record in caplog.records if record.message == REFUSED]
    assert not [line for line in lines if line["message"] == "call"]
    assert sum(line["calls"] for line in counted) >= 20
    assert {(line["method"], line["status"]) for line in counted} == {(METHOD, "RESOURCE_EXHAUSTED")}


async def test_other_methods_and_streams_are_not_refused() -> None:
    """A stream waits for room, and what the model is can be asked."""
    network = GatedNetwork()
    async with full(network) as server:
        await server.channel.unary_unary("/ecg.v1.EcgService/ModelSummary")(b"")
        results = asyncio.ensure_future(stream(server.stub, [group([numbered_recording(3)])]))
        network.gate.set()
        assert [one.WhichOneof("outcome") for one in await results] == ["prediction"]


async def test_calls_that_have_begun_find_room_that_is_kept_for_them() -> None:
    """From nine tenths on no single call begins; those that began together before still get the last tenth."""
    classify = Numbers(is_open=False)
    async with batching(classify, queue_windows=10) as batcher:
        await begun(classify, batcher)
        begins = []
        for number in range(1, 11):
            begins.append(not batcher.is_full())
            batcher.submit(recording(number), Caller(classify))
        with pytest.raises(QueueFullError):
            batcher.submit(recording(11), Caller(classify))

    assert begins == [True] * 9 + [False]


async def _answer(server: Serving) -> object:
    try:
        return await server.stub.Predict(request(numbered_recording(2)))
    except aio.AioRpcError as error:
        return error


async def _refused(server: Serving, *metadata: tuple[str, str]) -> aio.AioRpcError:
    with pytest.raises(aio.AioRpcError) as refused:
        await server.channel.unary_unary(METHOD)(b"\xff", metadata=metadata)
    return refused.value
