"""What a service says of recordings: the same, whatever runs it."""

import asyncio

import grpc
import numpy as np
import pytest
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2, recording_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_model.classifier import Classifier, Prediction
from ecg_server.recording_conversion import recording_from_proto
from ecg_testing.bad_for_shipped import BAD_FOR_SHIPPED
from ecg_testing.bad_recordings import BAD_RECORDINGS
from ecg_testing.messages import packed_recording, synthetic_recording
from ecg_testing.serving import group, request, stream
from ecg_testing.statuses import CallStatus, call_status

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
    """INVALID_ARGUMENT with a BadRequest and an ErrorInfo in the status details; in a stream the same, and it goes on."""
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
    answered = 0
    with pytest.raises(aio.AioRpcError) as caught:
        async for response in call:
            answered += len(response.results)

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
