"""A server that is not well says so, takes no calls, and recovers by itself."""

import asyncio
from dataclasses import replace
from pathlib import Path

import grpc
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ecg_model.errors import BundleError
from ecg_server.records.logs import start_logs
from ecg_server.settings import BatchingSettings, HealthSettings, RecordSettings
from ecg_testing.fakes import GatedNetwork, entered, fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.serving import ONE_BY_ONE, Serving, group, request, serving
from ecg_testing.statuses import call_status

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def becomes(server: Serving, status: int) -> None:
    """Wait until the service has a status; the process is alive all the while."""
    stub = health_pb2_grpc.HealthStub(server.channel)
    async with asyncio.timeout(60):
        async for response in stub.Watch(health_pb2.HealthCheckRequest(service="ecg.v1.EcgService")):
            alive = await stub.Check(health_pb2.HealthCheckRequest())
            assert alive.status == SERVING
            if response.status == status:
                return


async def failure(call: "aio.Call") -> aio.AioRpcError:
    """Return the error with which a call ends."""
    try:
        await call
    except aio.AioRpcError as error:
        return error
    raise AssertionError("the call was answered")


class Flawed:
    """A check of a network that can be told to fail."""

    def __init__(self) -> None:
        self.is_failing = False

    def __call__(self) -> None:
        """Fail, or not."""
        if self.is_failing:
            raise BundleError("fake", "is off by 1.0e+00 from Keras on the golden recordings")


async def test_a_network_that_no_longer_gives_what_it_should_answers_nobody() -> None:
    """Health is NOT_SERVING, calls are UNAVAILABLE, an open stream is broken off; all of it ends with the fault."""
    flawed = Flawed()
    classifier = replace(fake_classifier(), check=flawed)
    async with serving(classifier, health=HealthSettings(check_seconds=0.02)) as server:
        opened = server.stub.PredictStream()
        await opened.write(group([numbered_recording(1)]))
        await opened.read()
        flawed.is_failing = True
        await becomes(server, NOT_SERVING)
        errors = [await failure(server.stub.Predict(request(numbered_recording(1)))), await failure(opened.read())]
        flawed.is_failing = False
        await becomes(server, SERVING)
        answer = await server.stub.Predict(request(numbered_recording(1)))

    for error in errors:
        assert (call_status(error).code, call_status(error).reason) == (grpc.StatusCode.UNAVAILABLE, "UNHEALTHY")
    assert answer.HasField("prediction")


async def test_a_stuck_run_of_the_network_is_noticed() -> None:
    """A stream whose recording is in it is broken off rather than left to wait; when the run ends all is well again."""
    network = GatedNetwork()
    health = HealthSettings(check_seconds=0.02, stuck_seconds=0.05)
    async with serving(fake_classifier(network), batching=ONE_BY_ONE, health=health) as server:
        network.close()
        opened = server.stub.PredictStream()
        await opened.write(group([numbered_recording(1)]))
        await entered(network)
        await becomes(server, NOT_SERVING)
        error = await failure(opened.read())
        network.gate.set()
        await becomes(server, SERVING)
        answer = await server.stub.Predict(request(numbered_recording(1)))

    assert (call_status(error).code, call_status(error).reason) == (grpc.StatusCode.UNAVAILABLE, "UNHEALTHY")
    assert answer.HasField("prediction")


async def test_a_log_that_cannot_be_written_is_noticed() -> None:
    """On a full disk the service does not go on unseen."""
    with start_logs(RecordSettings(log=Path("/dev/full"))) as logs:
        async with serving(fake_classifier(), logs, health=HealthSettings(check_seconds=0.02)) as server:
            await becomes(server, NOT_SERVING)
            error = await failure(server.stub.Predict(request(numbered_recording(1))))

    assert call_status(error).reason == "UNHEALTHY"


async def test_no_stream_and_no_call_waits_for_a_stuck_network() -> None:
    """Neither a stream that waits for room in the queue, nor a call that the full queue would send away."""
    network = GatedNetwork()
    health = HealthSettings(check_seconds=0.02, stuck_seconds=0.05)
    batching = BatchingSettings(largest_batch=1, runs=1, queue_windows=1)
    async with serving(fake_classifier(network), batching=batching, health=health) as server:
        network.close()
        computing, waiting, without_room = (
            server.stub.PredictStream(iter([group([numbered_recording(1)])])) for _ in range(3)
        )
        await entered(network)
        await becomes(server, NOT_SERVING)
        errors = [await failure(call.read()) for call in (computing, waiting, without_room)]
        errors.append(await failure(server.stub.Predict(request(numbered_recording(1)))))
        network.gate.set()

    assert [call_status(error).reason for error in errors] == ["UNHEALTHY"] * 4
