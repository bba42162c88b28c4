"""What surrounds calls: ids, deadlines, sizes, health, reflection."""

import asyncio

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_testing.messages import packed_recording, synthetic_recording
from ecg_testing.serving import group, request, stream
from ecg_testing.statuses import call_status

SERVICE = "ecg.v1.EcgService"
MEBIBYTE = 1024 * 1024
UNREADABLE = b"\xff\xff\xff"


async def test_the_callers_id_of_a_call_comes_back_and_others_are_made(stub: EcgServiceStub) -> None:
    """As trailing metadata: of calls that are answered, of those that are refused, and of streams."""
    asked = (("x-request-id", "ward-7"),)
    answered = stub.Predict(request(synthetic_recording(0)), metadata=asked)
    refused = stub.Predict(pb.PredictRequest(), metadata=asked)
    streamed = stub.PredictStream(iter([group([synthetic_recording(0)])]), metadata=asked)
    empty = stub.PredictStream(iter([]), metadata=asked)
    unnamed = stub.Predict(request(synthetic_recording(0)))
    for call in (streamed, empty):
        await _all(call)
    for call in (answered, refused, streamed, empty):
        assert _pairs(await call.trailing_metadata())["x-request-id"] == "ward-7"

    assert _pairs(await unnamed.trailing_metadata()).keys() == {"x-request-id"}


async def test_who_waits_no_longer_is_told_so(stub: EcgServiceStub) -> None:
    """Single calls and streams end at their deadlines."""
    with pytest.raises(aio.AioRpcError) as single:
        await stub.Predict(request(synthetic_recording(0, seconds=600, rate_hz=500)), timeout=0.05)
    call = stub.PredictStream(timeout=2)
    await call.write(group([synthetic_recording(0)]))
    assert len((await call.read()).results) == 1
    with pytest.raises(aio.AioRpcError) as streamed:
        await call.read()

    assert single.value.code() is streamed.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_messages_are_taken_up_to_the_limit(stub: EcgServiceStub) -> None:
    """Beyond gRPC's own 4 MiB, and up to 64."""
    recording = packed_recording()
    large = group([recording] * 400)
    too_large = group([recording] * (64 * MEBIBYTE // recording.ByteSize() + 1))
    results = await stream(stub, [large])
    with pytest.raises(aio.AioRpcError) as caught:
        await stream(stub, [too_large])

    assert large.ByteSize() > 8 * MEBIBYTE
    assert [one.sequence_number for one in results] == list(range(400))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_message_that_cannot_be_parsed_is_the_callers_fault(channel: aio.Channel) -> None:
    """INVALID_ARGUMENT, of single calls and of streams."""
    calls = [
        channel.unary_unary(f"/{SERVICE}/Predict")(UNREADABLE),
        _all(channel.stream_stream(f"/{SERVICE}/PredictStream")(iter([UNREADABLE]))),
    ]
    for error in await asyncio.gather(*calls, return_exceptions=True):
        assert isinstance(error, aio.AioRpcError)
        status = call_status(error)
        assert (status.code, status.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MESSAGE_UNREADABLE")


async def test_a_method_that_does_not_exist_is_unimplemented(channel: aio.Channel) -> None:
    """Whatever is sent to it."""
    with pytest.raises(aio.AioRpcError) as caught:
        await channel.unary_unary(f"/{SERVICE}/Guess")(b"")
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_health_is_told_under_both_names(channel: aio.Channel) -> None:
    """By Check, Watch and List; other names are NOT_FOUND, and SERVICE_UNKNOWN to those who watch."""
    health = health_pb2_grpc.HealthStub(channel)
    statuses = health_pb2.HealthCheckResponse
    for name in ("", SERVICE):
        asked = health_pb2.HealthCheckRequest(service=name)
        assert (await health.Check(asked)).status == statuses.SERVING
        assert (await _first(health.Watch(asked))).status == statuses.SERVING
    listed = await health.List(health_pb2.HealthListRequest())
    unknown = health_pb2.HealthCheckRequest(service="nobody")
    with pytest.raises(aio.AioRpcError) as caught:
        await health.Check(unknown)

    assert {name: one.status for name, one in listed.statuses.items()} == dict.fromkeys(("", SERVICE), statuses.SERVING)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert (await _first(health.Watch(unknown))).status == statuses.SERVICE_UNKNOWN


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_tools_can_ask_what_there_is(channel: aio.Channel, version: str) -> None:
    """Reflection lists the service, and has the file that declares a method."""
    ask = channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    questions = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol=f"{SERVICE}.Predict"),
    ]
    services, file = await _all(ask(iter(questions)))

    names = {one.name for one in services.list_services_response.service}
    assert {SERVICE, "grpc.health.v1.Health"} <= names
    assert file.file_descriptor_response.file_descriptor_proto


def _pairs(metadata: aio.Metadata) -> dict[str, str | bytes]:
    return {key: value for key, value in metadata if key != "grpc-status-details-bin"}


async def _all(call: aio.StreamStreamCall) -> list:
    return [response async for response in call]


async def _first(call: aio.UnaryStreamCall) -> health_pb2.HealthCheckResponse:
    response = await call.read()
    call.cancel()
    return response
