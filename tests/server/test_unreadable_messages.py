"""Bytes that are no message: INVALID_ARGUMENT for every method, and never a word of the parser's."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

import grpc
import pytest
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg_testing.fakes import fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.serving import Serving, group, request, serving
from ecg_testing.statuses import call_status

UNREADABLE = b"\xff\xff\xff"
METHODS = {
    "/ecg.v1.EcgService/Predict": "unary_unary",
    "/ecg.v1.EcgService/PredictStream": "stream_stream",
    "/ecg.v1.EcgService/ModelSummary": "unary_unary",
    "/grpc.health.v1.Health/Check": "unary_unary",
    "/grpc.health.v1.Health/Watch": "unary_stream",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": "stream_stream",
}


@pytest.fixture
async def server() -> AsyncIterator[Serving]:
    """A server of a fake network."""
    async with serving(fake_classifier()) as one:
        yield one


async def _call(channel: aio.Channel, method: str, *messages: bytes) -> list[bytes]:
    """Send bytes as they are and return those that come back."""
    kind = METHODS[method]
    call: Any = getattr(channel, kind)(method)
    sent = call(iter(messages) if kind == "stream_stream" else messages[0], timeout=60)
    return [await sent] if kind == "unary_unary" else [response async for response in sent]


@pytest.mark.parametrize("method", METHODS)
async def test_bytes_that_are_no_message_are_the_callers_fault(method: str, server: Serving) -> None:
    """The status says so and has a reason to branch on; how the parser put it does not get out."""
    with pytest.raises(aio.AioRpcError) as caught:
        await _call(server.channel, method, UNREADABLE)

    status = call_status(caught.value)
    assert (status.code, status.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MESSAGE_UNREADABLE")
    assert "DecodeError" not in status.message
    assert "protos/ecg/v1" in status.message


async def test_health_is_still_watched(server: Serving) -> None:
    """What refuses unreadable messages passes the others on, to a method that streams as well."""
    call = server.channel.unary_stream("/grpc.health.v1.Health/Watch")(b"", timeout=60)

    assert await call.read() == b"\x08\x01"


async def test_what_came_before_is_answered(server: Serving) -> None:
    """A stream ends at the message that cannot be parsed; the recordings before it have their results."""
    good = [group([numbered_recording(number)]).SerializeToString() for number in range(3)]
    call = server.channel.stream_stream("/ecg.v1.EcgService/PredictStream")(iter([*good, UNREADABLE]), timeout=60)
    numbers: list[int] = []
    with pytest.raises(aio.AioRpcError) as caught:
        await _receive(call, numbers)

    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert numbers == [0, 1, 2]


async def _receive(call: AsyncIterable[bytes], numbers: list[int]) -> None:
    async for response in call:
        numbers.extend(result.sequence_number for result in pb.PredictStreamResponse.FromString(response).results)


async def test_the_next_call_is_answered(server: Serving) -> None:
    """Over the same connection."""
    with pytest.raises(aio.AioRpcError):
        await _call(server.channel, "/ecg.v1.EcgService/Predict", UNREADABLE)

    response = await server.stub.Predict(request(numbered_recording(250)))
    assert response.prediction.classes[0].probability == pytest.approx(0.25)
