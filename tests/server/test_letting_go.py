"""What a refused call brought is gone when it is answered, without waiting for the garbage collector."""

import gc
from collections.abc import Iterator

import pytest
from google.protobuf.message import Message
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg_testing.fakes import fake_classifier
from ecg_testing.messages import leads_recording, numbered_recording
from ecg_testing.serving import Serving, request, serving
from ecg_testing.statuses import call_status

# Two leads without a name.
REFUSED = b"\x0a\x04\x22\x00\x22\x00"


@pytest.fixture
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _refuse(server: Serving, message: bytes) -> str:
    with pytest.raises(aio.AioRpcError) as caught:
        await server.channel.unary_unary("/ecg.v1.EcgService/Predict")(message, timeout=60)
    return call_status(caught.value).reason


def _requests() -> list[Message]:
    return [one for one in gc.get_objects() if isinstance(one, pb.PredictRequest)]


@pytest.mark.usefixtures("_without_collector")
async def test_a_refused_message_is_let_go() -> None:
    """Parsed, a message may be twenty times as large as it was sent: a few of them would fill the memory."""
    too_short = pb.PredictRequest(recording=leads_recording(rate_hz=2000)).SerializeToString()
    async with serving(fake_classifier()) as server:
        for message, reason in (
            (REFUSED, "LEAD_UNKNOWN"),
            (too_short, "SAMPLE_COUNT_UNSUPPORTED"),
            (b"", "RECORDING_MISSING"),
        ):
            assert await _refuse(server, message) == reason
        # What the next call brings takes the place of what the last one left with gRPC.
        await server.stub.ModelSummary(pb.ModelSummaryRequest())

        assert _requests() == []
        response = await server.stub.Predict(request(numbered_recording(250)))
        assert response.prediction.classes[0].probability == pytest.approx(0.25)
