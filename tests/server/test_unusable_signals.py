"""Well-formed signals that tell nothing: what the shipped model says of them, one by one and in a stream."""

import grpc
import pytest
from grpc import aio

from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_testing.bad_for_shipped import BAD_FOR_SHIPPED
from ecg_testing.bad_recording import BadRecording
from ecg_testing.messages import synthetic_recording
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import group, request, stream
from ecg_testing.statuses import call_status


@pytest.mark.parametrize("bad", BAD_FOR_SHIPPED, ids=lambda bad: bad.name)
async def test_it_is_refused_with_the_reason_and_the_leads(default_server: ServerProcess, bad: BadRecording) -> None:
    """The fields are those leads that cannot be used, or the whole signal; a stream says the same, and goes on."""
    message = bad.build()
    async with aio.insecure_channel(default_server.address) as channel:
        stub = EcgServiceStub(channel)
        with pytest.raises(aio.AioRpcError) as caught:
            await stub.Predict(request(message))
        before, refused, after = await stream(stub, [group([synthetic_recording(), message, synthetic_recording(1)])])
    status = call_status(caught.value)

    assert (status.code, status.reason) == (grpc.StatusCode.INVALID_ARGUMENT, bad.reason)
    assert tuple(status.fields) == bad.fields
    assert (refused.error.reason, refused.error.message) == (bad.reason, status.message)
    assert [one.field for one in refused.error.field_violations] == status.fields
    assert before.HasField("prediction")
    assert after.HasField("prediction")


async def test_one_lost_lead_is_no_reason_to_refuse(default_server: ServerProcess) -> None:
    """It is masked, a warning says so, and the others are classified."""
    recording = synthetic_recording()
    lead_bytes = len(recording.packed_signal.samples) // 12
    samples = bytearray(recording.packed_signal.samples)
    samples[8 * lead_bytes : 9 * lead_bytes] = bytes(lead_bytes)
    recording.packed_signal.samples = bytes(samples)
    async with aio.insecure_channel(default_server.address) as channel:
        prediction = (await EcgServiceStub(channel).Predict(request(recording))).prediction

    # SIGNAL_FLAT and SIGNAL_LEAD_MASKED, both of V3.
    assert {(16, 9), (24, 9)} <= {(one.code, one.lead) for one in prediction.warnings}
    assert all(0 < one.probability < 1 for one in prediction.classes)
