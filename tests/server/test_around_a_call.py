"""What surrounds the calls of a whole server: who may call, how much, under which id, until when."""

import asyncio
import json
from pathlib import Path

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from grpc import aio
from grpc_channelz.v1 import channelz_pb2, channelz_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_server.access.tokens import new_token
from ecg_server.records.logs import start_logs
from ecg_server.settings import AccessSettings, ConnectionSettings, RecordSettings
from ecg_testing.fakes import GatedNetwork, fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.ports import free_port
from ecg_testing.serving import ONE_BY_ONE, group, request, serving, stream
from ecg_testing.statuses import call_status

SERVING = health_pb2.HealthCheckResponse.SERVING
SERVICE = "ecg.v1.EcgService"


async def refusal(call: "aio.UnaryUnaryCall[pb.PredictRequest, pb.PredictResponse]") -> aio.AioRpcError:
    """Return the error with which a call ends."""
    with pytest.raises(aio.AioRpcError) as caught:
        await call
    return caught.value


async def health_of(channel: aio.Channel) -> int:
    """Return the service's health."""
    return (await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=SERVICE))).status


async def test_every_method_asks_for_a_token_but_health(tmp_path: Path) -> None:
    """Probes have none; all else is UNAUTHENTICATED without, reflection too."""
    token, line = new_token("ward-7")
    (tmp_path / "tokens").write_text(line, encoding="ascii")
    mine = [("authorization", f"Bearer {token}")]
    async with serving(fake_classifier(), access=AccessSettings(tokens=tmp_path / "tokens")) as server:
        listing = reflection_pb2.ServerReflectionRequest(list_services="")
        unary = server.stub.Predict(request(numbered_recording(1)))
        described = server.stub.ModelSummary(pb.ModelSummaryRequest())
        streamed = server.stub.PredictStream(iter([group([numbered_recording(1)])])).read()
        reflected = (
            reflection_pb2_grpc.ServerReflectionStub(server.channel).ServerReflectionInfo(iter([listing])).read()
        )
        errors = await asyncio.gather(unary, described, streamed, reflected, return_exceptions=True)
        health = await health_of(server.channel)
        answer = await server.stub.Predict(request(numbered_recording(1)), metadata=mine)

    assert [type(error) for error in errors] == [aio.AioRpcError] * 4
    assert {call_status(error).code for error in errors if isinstance(error, aio.AioRpcError)} == {
        grpc.StatusCode.UNAUTHENTICATED
    }
    assert health == SERVING
    assert answer.HasField("prediction")


async def test_single_calls_beyond_a_callers_rate_are_refused_and_streams_slowed_down() -> None:
    """The refusal says when to come back; a stream gets all its answers."""
    async with serving(fake_classifier(), access=AccessSettings(caller_recordings_per_second=5)) as server:
        calls = [server.stub.Predict(request(numbered_recording(1))) for _ in range(60)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        results = await stream(server.stub, [group([numbered_recording(n) for n in range(8)])])

    errors = [outcome for outcome in outcomes if isinstance(outcome, aio.AioRpcError)]
    assert 0 < len(errors) < 60
    for error in errors:
        status = call_status(error)
        assert (status.code, status.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "CALLER_LIMIT")
        assert 0 < retry_seconds(error) <= 1
    assert [result.WhichOneof("outcome") for result in results] == ["prediction"] * 8


def retry_seconds(error: aio.AioRpcError) -> float:
    """Return when a refused call may be made again."""
    status, info = rpc_status.from_call(error), RetryInfo()
    assert status is not None
    assert any(detail.Unpack(info) for detail in status.details)
    return info.retry_delay.seconds + info.retry_delay.nanos / 1e9


async def test_a_caller_has_so_many_calls_open_at_once() -> None:
    """While a stream is open there is no room for another call; when it has ended there is."""
    async with serving(fake_classifier(), access=AccessSettings(caller_calls=1)) as server:
        opened = server.stub.PredictStream()
        await opened.write(group([numbered_recording(1)]))
        await opened.read()
        error = await refusal(server.stub.Predict(request(numbered_recording(1))))
        await opened.done_writing()
        assert await opened.read() is aio.EOF
        await server.stub.Predict(request(numbered_recording(1)))

    assert (call_status(error).code, call_status(error).reason) == (
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "CALLER_LIMIT",
    )


@pytest.mark.parametrize("is_on", [True, False])
async def test_reflection_and_channelz_can_be_switched(*, is_on: bool) -> None:
    """Switched off, nobody knows their methods."""
    async with serving(fake_classifier(), has_reflection=is_on, has_channelz=is_on) as server:
        listing = reflection_pb2.ServerReflectionRequest(list_services="")
        asked = [
            reflection_pb2_grpc.ServerReflectionStub(server.channel).ServerReflectionInfo(iter([listing])).read(),
            channelz_pb2_grpc.ChannelzStub(server.channel).GetServers(channelz_pb2.GetServersRequest()),
        ]
        outcomes = await asyncio.gather(*asked, return_exceptions=True)

    codes = [outcome.code() for outcome in outcomes if isinstance(outcome, aio.AioRpcError)]
    assert codes == ([] if is_on else [grpc.StatusCode.UNIMPLEMENTED] * 2)


async def test_a_port_of_its_own_answers_health_and_nothing_else() -> None:
    """For probes that have no certificates."""
    port = free_port()
    async with serving(fake_classifier(), health_port=port), aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        health = await health_of(channel)
        error = await refusal(EcgServiceStub(channel).Predict(request(numbered_recording(1))))

    assert health == SERVING
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_health_is_told_of_all_names_at_once() -> None:
    """That of the process, which has none, and that of the service."""
    async with serving(fake_classifier()) as server:
        call = server.channel.unary_unary(
            "/grpc.health.v1.Health/List",
            request_serializer=health_pb2.HealthListRequest.SerializeToString,
            response_deserializer=health_pb2.HealthListResponse.FromString,
        )
        answer = await call(health_pb2.HealthListRequest())

    assert {name: one.status for name, one in answer.statuses.items()} == {"": SERVING, SERVICE: SERVING}


async def test_the_health_of_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """NOT_FOUND, which is no fault of the server's: nothing is in its log."""
    async with serving(fake_classifier()) as server:
        call = health_pb2_grpc.HealthStub(server.channel).Check(health_pb2.HealthCheckRequest(service="nobody"))
        with pytest.raises(aio.AioRpcError) as caught:
            await call

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_single_call_without_a_deadline_has_the_servers() -> None:
    """It ends when that has passed, though the network is stuck; a stream has none."""
    network = GatedNetwork()
    connections = ConnectionSettings(default_deadline_seconds=0.05)
    async with serving(fake_classifier(network), batching=ONE_BY_ONE, connections=connections) as server:
        network.close()
        opened = server.stub.PredictStream(iter([group([numbered_recording(1)])]))
        error = await refusal(server.stub.Predict(request(numbered_recording(2))))
        network.gate.set()
        response = await opened.read()
        summary = await server.stub.ModelSummary(pb.ModelSummaryRequest())

    assert (call_status(error).code, call_status(error).reason) == (
        grpc.StatusCode.DEADLINE_EXCEEDED,
        "DEADLINE_PASSED",
    )
    assert response.results[0].HasField("prediction")
    assert summary.limits.default_deadline_seconds == pytest.approx(0.05)


async def test_a_connection_that_is_too_old_is_ended_and_its_stream_unavailable() -> None:
    """What was answered stays answered; the client connects anew and goes on."""
    connections = ConnectionSettings(max_age_seconds=0.2, grace_seconds=0.1)
    async with serving(fake_classifier(), connections=connections) as server:
        opened = server.stub.PredictStream()
        await opened.write(group([numbered_recording(1)]))
        first = await opened.read()
        with pytest.raises(aio.AioRpcError) as caught:
            await opened.read()
        again = await server.stub.Predict(request(numbered_recording(1)), wait_for_ready=True)

    assert first.results[0].HasField("prediction")
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert again.HasField("prediction")


async def test_a_call_is_one_line_of_the_log_under_the_callers_id_or_a_new_one(tmp_path: Path) -> None:
    """The caller gets the id back, with an error too; one that is not fit to be written down is replaced."""
    path = tmp_path / "log.jsonl"
    with start_logs(RecordSettings(log=path)) as logs:
        async with serving(fake_classifier(), logs) as server:
            good = server.stub.Predict(request(numbered_recording(1)), metadata=[("x-request-id", "mine-1")])
            await good
            bad = await refusal(server.stub.Predict(pb.PredictRequest(), metadata=[("x-request-id", "mine-2")]))
            unfit = server.stub.PredictStream(
                iter([group([numbered_recording(1)] * 3)]), metadata=[("x-request-id", "Jane Doe")]
            )
            async for _ in unfit:
                pass
            ids = [
                dict(await good.trailing_metadata()),
                dict(bad.trailing_metadata()),
                dict(await unfit.trailing_metadata()),
            ]

    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    calls = {line["request_id"]: line for line in lines if line["message"] == "call"}
    assert [one["x-request-id"] for one in ids[:2]] == ["mine-1", "mine-2"]
    made = ids[2]["x-request-id"]
    assert set(calls) == {"mine-1", "mine-2", made}
    assert {key: calls["mine-1"][key] for key in ("method", "peer", "status", "recordings", "refused")} == {
        "method": "/ecg.v1.EcgService/Predict",
        "peer": "127.0.0.1",
        "status": "OK",
        "recordings": 1,
        "refused": 0,
    }
    assert calls["mine-2"]["status"] == "INVALID_ARGUMENT"
    assert (calls[made]["recordings"], calls[made]["model_version"]) == (3, "fake")


async def test_a_client_that_pings_too_often_is_told_to_go() -> None:
    """Pings of a client that has nothing to say keep a server busy; the reason is said in gRPC's own words."""
    pinging = [("grpc.keepalive_time_ms", 20), ("grpc.http2.max_pings_without_data", 0)]
    connections = ConnectionSettings(least_ping_interval_seconds=60)
    async with (
        serving(fake_classifier(), connections=connections) as server,
        aio.insecure_channel(server.address, options=pinging) as channel,
    ):
        opened = EcgServiceStub(channel).PredictStream()
        await opened.write(group([numbered_recording(1)]))
        await opened.read()
        async with asyncio.timeout(30):
            error = await refusal(opened.read())

    assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert "pings" in (error.details() or "")


async def test_of_a_stranger_no_message_is_read(tmp_path: Path) -> None:
    """One larger than the server takes is not even found to be so: the answer is that of any stranger."""
    (tmp_path / "tokens").write_text(new_token("ward-7")[1], encoding="ascii")
    access = AccessSettings(tokens=tmp_path / "tokens")
    async with serving(fake_classifier(), access=access, max_message_bytes=1000) as server:
        error = await refusal(server.stub.Predict(request(numbered_recording(1))))

    assert (call_status(error).code, call_status(error).reason) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "UNAUTHENTICATED",
    )


async def test_what_a_slowed_down_stream_has_sent_is_answered_in_a_drain() -> None:
    """Its caller's rate does not keep a server from ending."""
    access = AccessSettings(caller_recordings_per_second=1)
    async with serving(fake_classifier(), access=access) as server:
        opened = server.stub.PredictStream()
        await opened.write(group([numbered_recording(n) for n in range(10)]))
        answered = len((await opened.read()).results)
        draining = asyncio.ensure_future(server.server.drain())
        while answered < 10:
            answered += len((await opened.read()).results)
        error = await refusal(opened.read())
        await draining

    assert answered == 10
    assert call_status(error).reason == "SHUTTING_DOWN"
