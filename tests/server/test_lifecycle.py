"""From before the model is loaded to after the drain, in one process."""

import asyncio
import threading
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_model.classifier import Classifier
from ecg_server.server import LAST_WORDS_SECONDS, SETTLING_SECONDS, EcgServer
from ecg_server.settings import BatchingSettings, ServerSettings
from ecg_testing.fakes import FirstSamples, GatedNetwork, entered, fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.ports import free_port
from ecg_testing.serving import ONE_BY_ONE, group, request, serving, serving_openly
from ecg_testing.statuses import call_status

HEALTH_NAMES = ("", "ecg.v1.EcgService")
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def health_of(channel: aio.Channel) -> list[int]:
    """Return the health of the whole server and of the service."""
    stub = health_pb2_grpc.HealthStub(channel)
    return [(await stub.Check(health_pb2.HealthCheckRequest(service=name))).status for name in HEALTH_NAMES]


async def reflected(
    channel: aio.Channel, *asked: reflection_pb2.ServerReflectionRequest, version: str = "v1"
) -> list[reflection_pb2.ServerReflectionResponse]:
    """Return what reflection answers."""
    call = channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    return [response async for response in call(iter(asked))]


async def failure_of(stream: Any, results: list[prediction_pb2.RecordingResult]) -> aio.AioRpcError:
    """Read a stream to its end, keep its results, and return the error that ended it."""
    try:
        async for response in stream:
            results.extend(response.results)
    except aio.AioRpcError as error:
        return error
    raise AssertionError("the stream ended OK")


async def answer_of(stub: EcgServiceStub, number: int) -> pb.PredictResponse:
    """Return the answer for a numbered recording."""
    return await stub.Predict(request(numbered_recording(number)))


async def test_before_the_model_is_loaded_nothing_is_served_and_it_says_so() -> None:
    """The port is open, health is NOT_SERVING, and every method is UNAVAILABLE with MODEL_NOT_READY."""
    loading, may_load = threading.Event(), threading.Event()

    def load(_: str) -> Classifier:
        loading.set()
        may_load.wait(60)
        return fake_classifier()

    port = free_port()
    server = EcgServer(ServerSettings(port=port), load)
    starting = asyncio.ensure_future(server.start())
    assert await asyncio.to_thread(loading.wait, 60)
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = EcgServiceStub(channel)
        assert await health_of(channel) == [NOT_SERVING, NOT_SERVING]
        calls = [
            stub.Predict(request(numbered_recording(1))),
            stub.ModelSummary(pb.ModelSummaryRequest()),
            stub.PredictStream(iter([group([numbered_recording(1)])])).read(),
        ]
        for error in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(error, aio.AioRpcError)
            status = call_status(error)
            assert (status.code, status.reason) == (grpc.StatusCode.UNAVAILABLE, "MODEL_NOT_READY")
        may_load.set()
        assert await starting == port
        assert await health_of(channel) == [SERVING, SERVING]
        assert (await stub.Predict(request(numbered_recording(1)))).HasField("prediction")
    await server.drain()


async def test_the_network_is_warm_before_the_first_call() -> None:
    """Every batch size up to the largest has run, with silence, and the largest side by side, before it is SERVING."""
    network = FirstSamples()
    async with serving(fake_classifier(network), batching=BatchingSettings(largest_batch=4, runs=3)):
        assert network.seen_numbers == [0] * (1 + 2 + 3 + 4 + 3 * 4)


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_reflection_lists_the_services(version: str) -> None:
    """Both names of server reflection are known and describe the service, so that grpcurl needs no proto files."""
    async with serving(fake_classifier()) as server:
        listed, described = await reflected(
            server.channel,
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol="ecg.v1.EcgService"),
            version=version,
        )

    names = {service.name for service in listed.list_services_response.service}
    assert {"ecg.v1.EcgService", "grpc.health.v1.Health"} <= names
    assert described.file_descriptor_response.file_descriptor_proto


@pytest.mark.parametrize(
    ("symbol", "file"),
    [
        ("ecg.v1.EcgService.PredictStream", "ecg/v1/ecg_service.proto"),
        ("ecg.v1.WarningCode", "ecg/v1/prediction.proto"),
        ("google.rpc.ErrorInfo", "google/rpc/error_details.proto"),
        ("google.rpc.BadRequest", "google/rpc/error_details.proto"),
        ("google.rpc.RetryInfo", "google/rpc/error_details.proto"),
    ],
)
async def test_reflection_finds_symbols(symbol: str, file: str) -> None:
    """Methods by their own names, for ghz; and the details of errors, which grpcurl then prints as JSON."""
    asked = reflection_pb2.ServerReflectionRequest(file_containing_symbol=symbol)
    async with serving(fake_classifier()) as server:
        (found,) = await reflected(server.channel, asked)

    files = map(FileDescriptorProto.FromString, found.file_descriptor_response.file_descriptor_proto)
    assert file in {one.name for one in files}


async def test_reflection_says_what_it_does_not_know() -> None:
    """NOT_FOUND, for a name like that of a method too."""
    asked = (
        reflection_pb2.ServerReflectionRequest(file_containing_symbol=symbol)
        for symbol in ("ecg.v1.EcgService.Guess", "ecg.v1.Guess", "guess")
    )
    async with serving(fake_classifier()) as server:
        answers = await reflected(server.channel, *asked)

    assert [one.error_response.error_code for one in answers] == [grpc.StatusCode.NOT_FOUND.value[0]] * 3


async def test_a_drain_answers_everything_received_and_ends_the_stream_unavailable() -> None:
    """An open stream gets all its results and then UNAVAILABLE, never OK; a waiting call gets its answer."""
    network = GatedNetwork()
    results: list[prediction_pb2.RecordingResult] = []
    async with serving(fake_classifier(network), batching=ONE_BY_ONE) as server:
        network.close()
        opened = server.stub.PredictStream()
        await opened.write(group(map(numbered_recording, range(20))))
        health = health_pb2_grpc.HealthStub(server.channel).Watch(health_pb2.HealthCheckRequest())
        assert (await health.read()).status == SERVING
        await entered(network)
        draining = asyncio.ensure_future(server.server.drain())
        assert (await health.read()).status == NOT_SERVING
        health.cancel()
        network.gate.set()
        error = await failure_of(opened, results)
        await draining

    assert [one.recording_id for one in results] == [f"r{number}" for number in range(20)]
    assert {one.WhichOneof("outcome") for one in results} == {"prediction"}
    status = call_status(error)
    assert (status.code, status.reason) == (grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN")


async def test_a_drain_answers_the_calls_that_wait() -> None:
    """A single call that was received before the drain is answered, be it computing or in the queue, however late."""
    network = GatedNetwork()
    batching = BatchingSettings(largest_batch=1, runs=1, queue_windows=1)
    async with serving(fake_classifier(network), batching=batching) as server:
        network.close()
        computing = asyncio.ensure_future(answer_of(server.stub, 1))
        await entered(network)
        calls = [asyncio.ensure_future(answer_of(server.stub, 2)) for _ in range(2)]
        # The queue has room for one: when the other is refused, the one has been received.
        (refused,), (waiting,) = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        draining = asyncio.ensure_future(server.server.drain())
        done, _ = await asyncio.wait([draining, computing, waiting], timeout=SETTLING_SECONDS + 2 * LAST_WORDS_SECONDS)
        network.gate.set()
        answers = await asyncio.gather(computing, waiting)
        await draining

    assert isinstance(refused.exception(), aio.AioRpcError)
    assert done == set()
    assert [one.prediction.classes[0].probability for one in answers] == pytest.approx([0.001, 0.002])


async def test_an_idle_stream_ends_unavailable_when_the_server_drains() -> None:
    """A caller that has sent nothing lately learns at once that it must go elsewhere."""
    async with serving(fake_classifier()) as server:
        opened = server.stub.PredictStream()
        await opened.write(group([numbered_recording(1)]))
        await opened.read()
        draining = asyncio.ensure_future(server.server.drain())
        with pytest.raises(aio.AioRpcError) as caught:
            await opened.read()
        await draining

    status = call_status(caught.value)
    assert (status.code, status.reason) == (grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN")


async def test_a_stream_that_comes_while_the_server_shuts_down_is_not_served() -> None:
    """A stream whose method begins after the others were told to stop reading ends UNAVAILABLE as they do."""
    async with serving_openly(fake_classifier(), ONE_BY_ONE) as server:
        server.servicer.stop_reading()
        late = server.stub.PredictStream()
        with pytest.raises(aio.AioRpcError) as caught:
            await asyncio.wait_for(late.read(), timeout=5)

    status = call_status(caught.value)
    assert (status.code, status.reason) == (grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN")


async def test_a_watcher_of_health_does_not_hold_up_a_drain() -> None:
    """A call that never ends by itself is cut once the service's own are answered, long before the grace ends."""
    server = EcgServer(ServerSettings(port=0, drain_seconds=3600), lambda _: fake_classifier())
    port = await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=""))
        assert (await watch.read()).status == SERVING
        await asyncio.wait_for(server.drain(), timeout=60)
        assert (await watch.read()).status == NOT_SERVING


async def test_calls_that_come_while_a_drain_begins_are_unavailable_not_cancelled() -> None:
    """A caller can go elsewhere with them; what came before is answered."""
    network = GatedNetwork()
    async with serving(fake_classifier(network), batching=ONE_BY_ONE) as server:
        network.close()
        before = asyncio.ensure_future(answer_of(server.stub, 1))
        await entered(network)
        draining = asyncio.ensure_future(server.server.drain())
        await asyncio.sleep(0)
        late = await asyncio.gather(*(answer_of(server.stub, 2) for _ in range(50)), return_exceptions=True)
        network.gate.set()
        answer = await before
        await draining

    assert answer.HasField("prediction")
    for error in late:
        assert isinstance(error, aio.AioRpcError)
        assert (call_status(error).code, call_status(error).reason) == (grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN")
