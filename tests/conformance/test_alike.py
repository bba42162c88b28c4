"""What a service says: the same, whatever runs it.

One file, so that each service is started once: first what it answers, then what surrounds calls.
"""

import asyncio
import ipaddress
from typing import Any

import grpc
import numpy as np
import psutil
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2, recording_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_model.classifier import Classifier, Prediction
from ecg_server.recording_conversion import recording_from_proto
from ecg_testing.bad_for_shipped import BAD_FOR_SHIPPED
from ecg_testing.bad_recordings import BAD_RECORDINGS
from ecg_testing.conforming import SERVER, Service
from ecg_testing.messages import packed_recording, synthetic_recording
from ecg_testing.serving import group, request, stream
from ecg_testing.statuses import CallStatus, call_status

SERVICE = "ecg.v1.EcgService"
MEBIBYTE = 1024 * 1024
UNREADABLE = b"\xff\xff\xff"

# Of signals that are out of range those are for bare models, whose rules are others.
BAD = [*(bad for bad in BAD_RECORDINGS if bad.reason != "SIGNAL_OUT_OF_RANGE"), *BAD_FOR_SHIPPED]
RECORDINGS = [
    *(synthetic_recording(index) for index in range(6)),
    synthetic_recording(6, rate_hz=500),
    synthetic_recording(7, seconds=30),
    synthetic_recording(8, seconds=4),
]


async def refusal_of(call: aio.UnaryUnaryCall) -> CallStatus:
    """Return the status of a single call that must fail."""
    with pytest.raises(aio.AioRpcError) as caught:
        await call
    return call_status(caught.value)


def known(classifier: Classifier, message: recording_pb2.Recording) -> tuple[float, ...]:
    """Return the probabilities of a recording, computed without a service."""
    (prediction,) = classifier.classify([recording_from_proto(message)])
    assert isinstance(prediction, Prediction)
    return prediction.probabilities


async def test_single_calls_and_streams_say_what_the_classifier_says(
    stub: EcgServiceStub, classifier: Classifier
) -> None:
    """Probabilities to 1e-6; and all else of an answer is the same in both."""
    single = [(await stub.Predict(request(one))).prediction for one in RECORDINGS]
    streamed = [one.prediction for one in await stream(stub, [group(RECORDINGS)])]

    for predictions in (single, streamed):
        for message, prediction in zip(RECORDINGS, predictions, strict=True):
            probabilities = [one.probability for one in prediction.classes]
            np.testing.assert_allclose(probabilities, known(classifier, message), rtol=0, atol=1e-6)
            assert prediction.model.sha256 == classifier.manifest.sha256
    assert [list(one.warnings) for one in streamed] == [list(one.warnings) for one in single]
    assert [one.operating_point for one in streamed] == [one.operating_point for one in single]


async def test_each_bad_recording_is_refused_with_its_reason_and_its_fields(stub: EcgServiceStub) -> None:
    """INVALID_ARGUMENT with a BadRequest and an ErrorInfo; in a stream the same, and it goes on."""
    messages = [bad.build() for bad in BAD]
    statuses = [await refusal_of(stub.Predict(request(message))) for message in messages]
    results = await stream(stub, [group([message, synthetic_recording(0)]) for message in messages])

    assert [(one.code, one.reason, tuple(one.fields)) for one in statuses] == [
        (grpc.StatusCode.INVALID_ARGUMENT, bad.reason, bad.fields) for bad in BAD
    ]
    assert {one.error_info.domain for one in statuses if one.error_info} == {"ecg.v1"}
    assert [_described(one.error) for one in results[::2]] == [_violations(one) for one in statuses]
    assert all(one.HasField("prediction") for one in results[1::2])


async def test_the_options_of_a_call_hold(stub: EcgServiceStub) -> None:
    """Windows are told on request, and the models side by side are chosen by label and by version."""
    options = pb.PredictOptions(include_windows=True, model_version="canary")
    long = synthetic_recording(0, seconds=30)
    single = (await stub.Predict(pb.PredictRequest(recording=long, options=options))).prediction
    (result,) = await stream(stub, [pb.PredictStreamRequest(recordings=[long], options=options)])
    summary = await stub.ModelSummary(pb.ModelSummaryRequest(model_version=single.model.version))

    assert len(single.windows) == len(result.prediction.windows) > 1
    assert single.model == result.prediction.model == summary.model
    assert single.model != (await stub.Predict(request(long))).prediction.model


async def test_an_explanation_is_of_the_answer(stub: EcgServiceStub, classifier: Classifier) -> None:
    """It has the prediction as a single call has it, and an entry for each class that was asked for."""
    message = synthetic_recording(0)
    options = pb.ExplainOptions(class_codes=["MI"])
    explained = await stub.Explain(pb.ExplainRequest(recording=message, options=options))
    with pytest.raises(aio.AioRpcError) as caught:
        await stub.Explain(pb.ExplainRequest(recording=message, options=pb.ExplainOptions(class_codes=["XX"])))

    probabilities = [one.probability for one in explained.prediction.classes]
    np.testing.assert_allclose(probabilities, known(classifier, message), rtol=0, atol=1e-6)
    assert [one.code for one in explained.classes] == ["MI"]
    status = call_status(caught.value)
    assert (status.code, status.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "CLASS_UNKNOWN")


async def test_an_unknown_version_is_not_found(stub: EcgServiceStub) -> None:
    """By single calls, streams and summaries alike."""
    options = pb.PredictOptions(model_version="3.0")
    calls = [
        stub.Predict(pb.PredictRequest(recording=synthetic_recording(0), options=options)),
        stream(stub, [pb.PredictStreamRequest(recordings=[synthetic_recording(0)], options=options)]),
        stub.ModelSummary(pb.ModelSummaryRequest(model_version="3.0")),
    ]
    for error in await asyncio.gather(*calls, return_exceptions=True):
        assert isinstance(error, aio.AioRpcError)
        status = call_status(error)
        assert (status.code, status.reason) == (grpc.StatusCode.NOT_FOUND, "MODEL_VERSION_UNKNOWN")
        assert "stable, canary" in status.message


async def test_the_summary_is_that_of_the_model_with_the_limits(stub: EcgServiceStub, classifier: Classifier) -> None:
    """The text that Keras prints, the classes, both models, and what is accepted."""
    summary = await stub.ModelSummary(pb.ModelSummaryRequest())

    assert summary.summary_text == classifier.manifest.summary.text
    assert list(summary.class_codes) == ["NORM", "MI", "STTC", "CD", "HYP"]
    assert [(one.model.name, list(one.labels)) for one in summary.served_models] == [
        ("reference", ["stable"]),
        ("ensemble", ["canary"]),
    ]
    assert summary.limits.max_message_bytes == 64 * 1024 * 1024
    assert summary.limits.max_stream_recordings_in_flight == 256


@pytest.mark.parametrize("sizes", [[40], [1] * 40, [0, 1, 0, 39, 0]], ids=["all at once", "one by one", "uneven"])
async def test_results_come_in_order_however_recordings_are_grouped(stub: EcgServiceStub, sizes: list[int]) -> None:
    """One for each, numbered from 0, with its own id; messages of results are never empty."""
    numbers = iter(range(40))
    messages = [group(_named(next(numbers)) for _ in range(size)) for size in sizes]
    responses = [response async for response in stub.PredictStream(iter(messages))]
    results = [result for response in responses for result in response.results]

    assert all(response.results for response in responses)
    assert [one.sequence_number for one in results] == list(range(40))
    assert [one.recording_id for one in results] == [f"r{number}" for number in range(40)]


@pytest.mark.parametrize("messages", [[], [group([])]], ids=["no message", "one"])
async def test_a_stream_without_recordings_ends_well(
    stub: EcgServiceStub, messages: list[pb.PredictStreamRequest]
) -> None:
    """Nothing was asked, nothing is answered, and that is no error."""
    call = stub.PredictStream(iter(messages))
    assert [response async for response in call] == []
    assert await call.code() is grpc.StatusCode.OK


async def test_a_result_comes_before_the_next_recording_is_sent(stub: EcgServiceStub) -> None:
    """Who sends one and waits gets its answer."""
    call = stub.PredictStream()
    for number in range(3):
        await call.write(group([synthetic_recording(number)]))
        assert [one.sequence_number for one in (await call.read()).results] == [number]
    await call.done_writing()
    assert await call.read() is aio.EOF


async def test_contradictory_options_end_a_stream_after_the_answers_before(stub: EcgServiceStub) -> None:
    """INVALID_ARGUMENT, with the reason in the status details."""
    other = pb.PredictOptions(include_windows=True)
    call = stub.PredictStream()
    await call.write(group([synthetic_recording(0)]))
    await call.write(pb.PredictStreamRequest(recordings=[synthetic_recording(1)], options=other))
    answered = len((await call.read()).results)
    with pytest.raises(aio.AioRpcError) as caught:
        await call.read()

    status = call_status(caught.value)
    assert (status.code, status.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "OPTIONS_CONTRADICTORY")
    assert answered == 1


def _named(number: int) -> recording_pb2.Recording:
    return packed_recording(recording_id=f"r{number}")


def _described(error: prediction_pb2.RecordingError) -> tuple[int, str, str, list[tuple[str, str]]]:
    violations = [(one.field, one.description) for one in error.field_violations]
    return error.code, error.reason, error.message, violations


def _violations(status: CallStatus) -> tuple[int, str, str, list[tuple[str, str]]]:
    violations = [] if status.bad_request is None else status.bad_request.field_violations
    described = [(one.field, one.description) for one in violations]
    return status.code.value[0], status.reason, status.message, described


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


async def test_who_does_not_read_is_slowed_down_by_a_server_and_not_by_serve(service: Service) -> None:
    """DIFFERENT: a server stops reading a stream whose answers nobody takes; through Serve's proxy they pile up."""
    refused = packed_recording(recording_id="x" * 250)
    refused.sample_rate_hz = 0
    nothing = group([refused] * 20)
    is_server = service.kind == SERVER
    # Without the probe the window for answers stays at 64 KiB: it is soon full.
    async with aio.insecure_channel(service.address, options=[("grpc.http2.bdp_probe", 0)]) as channel:
        call = EcgServiceStub(channel).PredictStream()

        async def send() -> None:
            for _ in range(100):
                await call.write(nothing)

        sending = asyncio.create_task(send())
        done, _ = await asyncio.wait([sending], timeout=3 if is_server else 60)
        call.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    assert bool(done) != is_server


async def test_nothing_listens_beyond_this_machine(service: Service) -> None:
    """Of all its processes, unless it is told otherwise."""
    process = psutil.Process(service.pid)
    listening = [
        ipaddress.ip_address(connection.laddr.ip.removeprefix("::ffff:"))
        for one in (process, *process.children(recursive=True))
        for connection in one.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert [ip for ip in listening if not ip.is_loopback] == []


def _pairs(metadata: aio.Metadata) -> dict[str, str | bytes]:
    return {key: value for key, value in metadata if key != "grpc-status-details-bin"}


async def _all(call: Any) -> list[Any]:
    return [response async for response in call]


async def _first(call: Any) -> Any:
    response = await call.read()
    call.cancel()
    return response
