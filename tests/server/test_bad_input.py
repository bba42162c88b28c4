"""Bad recordings: what a caller is told, one by one and in a stream."""

from collections.abc import AsyncIterator

import grpc
import pytest
import pytest_asyncio
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg_model.errors import RefusalReason
from ecg_testing.bad_recording import BadRecording
from ecg_testing.bad_recordings import BAD_RECORDINGS
from ecg_testing.fakes import fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.serving import Serving, group, request, serving, stream
from ecg_testing.statuses import CallStatus, call_status

# One server for all of them: no recording, however bad, may leave a trace in it.
pytestmark = pytest.mark.asyncio(loop_scope="module")
each_bad_recording = pytest.mark.parametrize("bad", BAD_RECORDINGS, ids=lambda bad: bad.name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Serving]:
    """The server that every case of this file calls."""
    async with serving(fake_classifier()) as running:
        yield running


async def refusal_of(server: Serving, message: pb.PredictRequest) -> CallStatus:
    """Return the status of a single call that must fail."""
    with pytest.raises(aio.AioRpcError) as caught:
        await server.stub.Predict(message)
    return call_status(caught.value)


OF_OPTIONS = {"METHOD_UNKNOWN", "CLASS_UNKNOWN", "CLASS_REPEATED", "WINDOW_UNKNOWN", "EXPLANATION_TOO_COSTLY"}


async def test_every_reason_is_in_the_table() -> None:
    """No reason for refusing a recording goes untested; an absent recording cannot happen in a stream.

    Nor can a bare model, as the one of this server, refuse a signal for its quality. What options do: test_explain.
    """
    elsewhere = {"RECORDING_MISSING", "SIGNAL_UNUSABLE", *OF_OPTIONS}
    assert {bad.reason for bad in BAD_RECORDINGS} | elsewhere == set(RefusalReason)


@each_bad_recording
async def test_a_single_call_ends_with_the_fields_and_the_reason(server: Serving, bad: BadRecording) -> None:
    """The status is INVALID_ARGUMENT, with a BadRequest and an ErrorInfo of domain ecg.v1."""
    status = await refusal_of(server, request(bad.build()))

    assert status.code is grpc.StatusCode.INVALID_ARGUMENT
    assert status.fields == list(bad.fields)
    assert status.error_info is not None
    assert (status.error_info.reason, status.error_info.domain) == (bad.reason, "ecg.v1")


@each_bad_recording
async def test_a_stream_says_the_same_and_goes_on(server: Serving, bad: BadRecording) -> None:
    """The result of a bad recording holds what the status of a single call says; the next is answered as usual."""
    message = bad.build()
    alone = await refusal_of(server, request(message))
    before, refused, after = await stream(server.stub, [group([numbered_recording(1), message, numbered_recording(2)])])

    assert (refused.sequence_number, refused.recording_id) == (1, message.recording_id)
    assert (refused.error.code, refused.error.reason) == (grpc.StatusCode.INVALID_ARGUMENT.value[0], bad.reason)
    assert refused.error.message == alone.message
    assert alone.bad_request is not None
    assert [(one.field, one.description) for one in refused.error.field_violations] == [
        (one.field, one.description) for one in alone.bad_request.field_violations
    ]
    assert before.prediction.classes[0].probability == pytest.approx(0.001)
    assert after.prediction.classes[0].probability == pytest.approx(0.002)


async def test_a_call_without_a_recording_is_refused(server: Serving) -> None:
    """The path of a recording that is absent is the recording itself."""
    status = await refusal_of(server, pb.PredictRequest())

    assert (status.code, status.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "RECORDING_MISSING")
    assert status.fields == ["recording"]


@each_bad_recording
async def test_a_refusal_says_in_words_what_to_do_and_nothing_of_the_patient(
    server: Serving, bad: BadRecording
) -> None:
    """Every violation has a description, and no text repeats an id or an age."""
    message = bad.build()
    message.recording_id = message.recording_id or "PATIENT-4711"
    status = await refusal_of(server, request(message))

    assert status.bad_request is not None
    assert all(len(violation.description) > 20 for violation in status.bad_request.field_violations)
    assert message.recording_id not in status.message
    assert "400" not in status.message
