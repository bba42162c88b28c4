"""Several models of one server, chosen call by call."""

import asyncio
from itertools import chain

import grpc
import pytest
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg_server.batching import Caller
from ecg_server.settings import ServerSettings
from ecg_testing.batches import Numbers, batching, begun, recording
from ecg_testing.fakes import FirstSamples, classifier_of, fake_manifest
from ecg_testing.messages import numbered_recording
from ecg_testing.serving import serving_models, stream
from ecg_testing.statuses import call_status

MODELS = {name: classifier_of(fake_manifest(version), FirstSamples()) for name, version in (("a", "1.0"), ("b", "2.0"))}
SETTINGS = ServerSettings(model="a", others={"canary": "b"})


@pytest.mark.parametrize(
    ("asked", "answers"), [("", "1.0"), ("stable", "1.0"), ("1.0", "1.0"), ("canary", "2.0"), ("2.0", "2.0")]
)
async def test_a_call_is_answered_by_the_version_or_label_it_asks_for(asked: str, answers: str) -> None:
    """Single calls, streams and summaries alike; the answer names its version."""
    options = pb.PredictOptions(model_version=asked)
    async with serving_models(MODELS, SETTINGS) as server:
        single = await server.stub.Predict(pb.PredictRequest(recording=numbered_recording(1), options=options))
        (result,) = await stream(
            server.stub, [pb.PredictStreamRequest(recordings=[numbered_recording(1)], options=options)]
        )
        summary = await server.stub.ModelSummary(pb.ModelSummaryRequest(model_version=asked))

    assert single.prediction.model.version == answers
    assert result.prediction.model.version == answers
    assert summary.model.version == answers


async def test_an_unknown_version_is_not_found_and_the_known_ones_are_named() -> None:
    """The status says what there is, so that a caller can choose."""
    options, recording = pb.PredictOptions(model_version="3.0"), numbered_recording(1)
    async with serving_models(MODELS, SETTINGS) as server:
        calls = [
            server.stub.Predict(pb.PredictRequest(recording=recording, options=options)),
            stream(server.stub, [pb.PredictStreamRequest(recordings=[recording], options=options)]),
            server.stub.ModelSummary(pb.ModelSummaryRequest(model_version="3.0")),
        ]
        errors = await asyncio.gather(*calls, return_exceptions=True)

    for error in errors:
        assert isinstance(error, aio.AioRpcError)
        status = call_status(error)
        assert (status.code, status.reason) == (grpc.StatusCode.NOT_FOUND, "MODEL_VERSION_UNKNOWN")
        assert "stable, canary, 1.0, 2.0" in status.message


async def test_the_summary_lists_every_model_with_its_label() -> None:
    """The stable one first, whichever is asked about."""
    async with serving_models(MODELS, SETTINGS) as server:
        summary = await server.stub.ModelSummary(pb.ModelSummaryRequest(model_version="canary"))

    listed = [(one.model.version, list(one.labels)) for one in summary.served_models]
    assert listed == [("1.0", ["stable"]), ("2.0", ["canary"])]


async def test_a_batch_is_of_one_model() -> None:
    """Recordings of two models that wait together are computed in batches of one model each, in turn."""
    one, other = Numbers(is_open=False), Numbers()
    async with batching(one, largest_batch=2) as batcher:
        await begun(one, batcher)
        for number in range(1, 5):
            batcher.submit(recording(number), Caller(one))
            batcher.submit(recording(number + 10), Caller(other))
        one.gate.set()
    assert one.batches == [[0], [1, 2], [3, 4]]
    assert sorted(chain(*other.batches)) == [11, 12, 13, 14]
    assert max(map(len, other.batches)) == 2
