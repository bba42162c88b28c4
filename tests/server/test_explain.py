"""Explanations over the wire: what comes back, what is refused, and what they do to everybody else."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import numpy as np
import pytest
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import explanation_pb2, recording_pb2
from ecg_model.recording import Recording
from ecg_server.explaining import WAITING_FOR_EACH
from ecg_server.settings import AccessSettings, ExplanationSettings
from ecg_testing.fakes import FailingNetwork, GatedNetwork, entered, fake_classifier
from ecg_testing.messages import numbered_recording, packed_recording, synthetic_recording, units
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import Serving, request, serving
from ecg_testing.statuses import CallStatus, call_status
from ecg_testing.waiting import until

OCCLUSION = explanation_pb2.EXPLANATION_METHOD_OCCLUSION
GRADIENTS = explanation_pb2.EXPLANATION_METHOD_INTEGRATED_GRADIENTS


def asked(recording: recording_pb2.Recording, **options: object) -> pb.ExplainRequest:
    """Return the request to explain one recording."""
    return pb.ExplainRequest(recording=recording, options=pb.ExplainOptions(**options))  # type: ignore[arg-type] # by name


async def refusal_of(stub: object, message: pb.ExplainRequest) -> CallStatus:
    """Return the status with which an explanation is refused."""
    with pytest.raises(aio.AioRpcError) as caught:
        await stub.Explain(message)  # type: ignore[attr-defined] # it is a stub
    return call_status(caught.value)


async def test_the_answer_has_the_prediction_and_what_speaks_for_each_class() -> None:
    """Lead by lead in millivolts that the fake network takes for probabilities, half second by half second, and age."""
    metadata = recording_pb2.PatientMetadata(age_years=64)
    recording = packed_recording(units([250, 500]), recording_id="any name", metadata=metadata)
    async with serving(fake_classifier()) as server:
        response = await server.stub.Explain(asked(recording, class_codes=["MI", "NORM"], include_lead_times=True))
        predicted = await server.stub.Predict(
            pb.PredictRequest(recording=recording, options=pb.PredictOptions(include_windows=True))
        )

    assert response.prediction == predicted.prediction
    assert response.method == OCCLUSION
    assert response.computed_windows == 12 + 20 + 1 + 240
    norm, infarction = response.classes
    assert (norm.code, norm.display_name, norm.probability) == ("NORM", "Normal ECG", 0.5)
    assert (infarction.code, infarction.probability) == ("MI", 0.75)
    assert [(one.lead, one.probability_change) for one in norm.leads[:2]] == [(1, 0.25), (2, 0)]
    assert [(one.lead, one.probability_change) for one in infarction.leads[:2]] == [(1, 0), (2, 0.5)]
    assert [one.lead for one in norm.leads] == list(range(1, 13))
    assert [one.probability_change for one in infarction.times] == [0.5, *[0] * 19]
    assert (infarction.times[19].offset_seconds, infarction.times[19].duration_seconds) == (9.5, 0.5)
    assert infarction.leads[1].time_probability_changes[:2] == [0.5, 0]
    assert [(one.field, one.probability_change) for one in norm.metadata] == [("age_years", 0.25)]
    assert not norm.HasField("baseline_probability")
    assert not norm.HasField("completeness_error")


async def test_without_options_all_classes_are_explained_and_no_half_second_of_a_single_lead() -> None:
    """The defaults."""
    async with serving(fake_classifier()) as server:
        response = await server.stub.Explain(pb.ExplainRequest(recording=numbered_recording(500)))

    assert [one.code for one in response.classes] == ["NORM", "MI", "STTC", "CD", "HYP"]
    assert not any(lead.time_probability_changes for one in response.classes for lead in one.leads)


async def test_one_window_of_a_long_recording_over_the_wire() -> None:
    """`window` 0 is the first window, not the absence of a choice."""
    recording = synthetic_recording(seconds=20)
    async with serving(fake_classifier()) as server:
        first = await server.stub.Explain(asked(recording, window=0))
        whole = await server.stub.Explain(asked(recording))

    assert (len(first.classes[0].times), len(whole.classes[0].times)) == (20, 40)
    assert first.classes[0].probability == first.prediction.windows[0].probabilities[0]
    assert whole.classes[0].probability == pytest.approx(whole.prediction.classes[0].probability, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "reason", "fields"),
    [
        ({"class_codes": ["MI", "XYZ"]}, "CLASS_UNKNOWN", ["options.class_codes[1]"]),
        ({"class_codes": ["MI", "CD", "MI"]}, "CLASS_REPEATED", ["options.class_codes[2]"]),
        ({"window": 1}, "WINDOW_UNKNOWN", ["options.window"]),
        ({"window": -1}, "WINDOW_UNKNOWN", ["options.window"]),
        ({"include_lead_times": True}, "EXPLANATION_TOO_COSTLY", ["options"]),
        ({"method": 77}, "METHOD_UNKNOWN", ["options.method"]),
    ],
)
async def test_options_that_ask_for_what_is_not_there(
    options: dict[str, object], reason: str, fields: list[str]
) -> None:
    """INVALID_ARGUMENT with the path of the option; nothing that was sent comes back, and the server goes on."""
    async with serving(fake_classifier(), explanations=ExplanationSettings(most_windows=100)) as server:
        status = await refusal_of(server.stub, asked(numbered_recording(1), **options))
        await server.stub.Predict(request(numbered_recording(1)))

    assert (status.code, status.reason, status.fields) == (grpc.StatusCode.INVALID_ARGUMENT, reason, fields)
    assert "XYZ" not in status.message


async def test_a_recording_that_cannot_be_classified_is_refused_as_predict_refuses_it() -> None:
    """The same code, the same reason, the same fields; so is a request without one, and an unknown version."""
    bad = numbered_recording(1)
    bad.packed_signal.microvolts_per_unit = -1
    async with serving(fake_classifier()) as server:
        with pytest.raises(aio.AioRpcError) as caught:
            await server.stub.Predict(request(bad))
        expected = call_status(caught.value)
        assert await refusal_of(server.stub, asked(bad)) == expected
        assert (await refusal_of(server.stub, pb.ExplainRequest())).reason == "RECORDING_MISSING"
        unknown = await refusal_of(server.stub, asked(numbered_recording(1), model_version="no such"))
        assert unknown.code is grpc.StatusCode.NOT_FOUND


async def test_gradients_where_the_runtime_tells_none() -> None:
    """FAILED_PRECONDITION with a reason, and the remedy in the text."""
    async with serving(fake_classifier()) as server:
        status = await refusal_of(server.stub, asked(numbered_recording(1), method=GRADIENTS))

    assert (status.code, status.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "GRADIENTS_UNAVAILABLE")
    assert "--runtime tensorflow" in status.message


async def test_what_nobody_foresaw_stays_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """INTERNAL, and not a word of it to the caller."""
    async with serving(fake_classifier(FailingNetwork())) as server:
        status = await refusal_of(server.stub, asked(numbered_recording(2000)))

    assert (status.code, status.message) == (grpc.StatusCode.INTERNAL, "internal error")
    assert "secret of the network" in caplog.text


async def test_the_limits_are_published() -> None:
    """As the settings have them."""
    settings = ExplanationSettings(at_once=3, most_windows=77)
    async with serving(fake_classifier(), explanations=settings) as server:
        limits = (await server.stub.ModelSummary(pb.ModelSummaryRequest())).limits

    assert (limits.max_explanations, limits.max_explanation_windows) == (3, 77)


async def test_an_explanation_is_a_recording_of_its_callers_share() -> None:
    """Of one a second, the second is refused, whatever it is."""
    async with serving(fake_classifier(), access=AccessSettings(caller_recordings_per_second=1)) as server:
        await server.stub.Explain(asked(numbered_recording(1)))
        status = await refusal_of(server.stub, asked(numbered_recording(2)))

    assert (status.code, status.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "CALLER_LIMIT")


class GatedForMany(GatedNetwork):
    """Stops at its gate only what no prediction brings: more than one window."""

    def __call__(self, metadata: np.ndarray, signal: np.ndarray) -> np.ndarray:
        """Return probabilities [recording, class]."""
        return super().__call__(metadata, signal) if len(signal) > 1 else signal[:, 0, :5]


@asynccontextmanager
async def explaining(network: GatedForMany) -> AsyncIterator[Serving]:
    """Serve, with one explanation stopped at the gate; it is let through, and answered, at the end of the block."""
    async with serving(fake_classifier(network)) as server:
        network.close()
        first = server.stub.Explain(asked(numbered_recording(1)))
        await entered(network)
        yield server
        network.gate.set()
        await first


async def test_predictions_go_on_beside_explanations_which_wait_and_are_refused_when_many_do() -> None:
    """One is computed, eight wait, the next is told to come again; the predictions in between are answered."""
    network = GatedForMany()
    async with serving(fake_classifier(network)) as server:
        network.close()
        first = [server.stub.Explain(asked(numbered_recording(1))) for _ in range(1 + WAITING_FOR_EACH)]
        await entered(network)
        for _ in range(20):
            await server.stub.Predict(request(numbered_recording(500)))
        refused = await refusal_of(server.stub, asked(numbered_recording(1)))
        # It is not even looked at what is sent then.
        assert await refusal_of(server.stub, asked(recording_pb2.Recording())) == refused
        network.gate.set()
        answers = await asyncio.gather(*first)
        again = await server.stub.Explain(asked(numbered_recording(1)))

    assert (refused.code, refused.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "EXPLANATIONS_FULL")
    assert refused.retry_info is not None
    assert [one.classes for one in answers] == [again.classes] * len(first)


@pytest.mark.parametrize("way", ["cancelled", "deadline"])
async def test_work_that_nobody_waits_for_ends_before_its_next_run(way: str) -> None:
    """The caller goes, or its time is over: of three runs one is made, and the next caller is served."""
    network = GatedForMany()
    async with serving(fake_classifier(network)) as server:
        network.close()
        call = server.stub.Explain(asked(numbered_recording(1)), timeout=0.3 if way == "deadline" else None)
        await entered(network)
        call.cancel() if way == "cancelled" else None
        with pytest.raises((asyncio.CancelledError, aio.AioRpcError)):
            await call
        await asyncio.sleep(0.5)
        network.gate.set()
        await until(lambda: bool(network.seen))
        after = await server.stub.Explain(asked(numbered_recording(2)))

    # Of the first, 16 of the 32 windows; of the second all of them.
    assert len(network.seen) == 16 + 32
    assert after.classes[0].probability == pytest.approx(0.002)


async def test_who_leaves_the_queue_leaves_nothing_in_it() -> None:
    """However many come and go while one is computed: each makes room at once, and its recording is let go."""
    network = GatedForMany()
    async with explaining(network) as server:
        before = _recordings_in_memory()
        for _ in range(2 * WAITING_FOR_EACH):
            with pytest.raises(aio.AioRpcError) as caught:
                await server.stub.Explain(asked(numbered_recording(2)), timeout=0.05)
            assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        await until(lambda: _recordings_in_memory() <= before)

    assert len(network.seen) == 32


def _recordings_in_memory() -> int:
    gc.collect()
    return sum(isinstance(one, Recording) for one in gc.get_objects())


async def test_a_deadline_that_passes_on_both_sides_at_once_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    """Of so many calls, some callers go while they are being told: gRPC fails, and the log is not troubled with it."""
    network = GatedForMany()
    async with explaining(network) as server:
        for _ in range(200):
            late = [server.stub.Explain(asked(numbered_recording(2)), timeout=0.01) for _ in range(4)]
            assert {await call.code() for call in late} == {grpc.StatusCode.DEADLINE_EXCEEDED}

    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_deadline_passes_while_an_explanation_waits_for_its_turn() -> None:
    """It leaves the queue without being computed."""
    network = GatedForMany()
    async with explaining(network) as server:
        with pytest.raises(aio.AioRpcError) as caught:
            await server.stub.Explain(asked(numbered_recording(2)), timeout=0.3)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert len(network.seen) == 32


async def test_a_server_that_shuts_down_answers_the_explanations_it_has() -> None:
    """Before it ends."""
    network = GatedForMany()
    async with serving(fake_classifier(network)) as server:
        network.close()
        call = server.stub.Explain(asked(numbered_recording(500)))
        await entered(network)
        draining = asyncio.create_task(server.server.drain())
        await asyncio.sleep(0.3)
        network.gate.set()
        assert (await call).classes[0].probability == 0.5
        await draining


def test_the_shipped_model_explains_itself(default_server: ServerProcess) -> None:
    """The service as users start it, in ONNX Runtime: every lead, every half second, every value that is known."""
    recording = synthetic_recording()
    with grpc.insecure_channel(default_server.address) as channel:
        explain = channel.unary_unary(
            "/ecg.v1.EcgService/Explain",
            request_serializer=pb.ExplainRequest.SerializeToString,
            response_deserializer=pb.ExplainResponse.FromString,
        )
        response = explain(asked(recording, include_lead_times=True), timeout=60)

    known = len(recording.metadata.ListFields())
    assert [one.code for one in response.classes] == ["NORM", "MI", "STTC", "CD", "HYP"]
    for one, predicted in zip(response.classes, response.prediction.classes, strict=True):
        assert one.probability == pytest.approx(predicted.probability, abs=1e-6)
        assert len(one.metadata) == known
        changes = [lead.probability_change for lead in one.leads] + [time.probability_change for time in one.times]
        assert len(changes) == 32
        assert max(map(abs, changes)) > 0
        assert all(one.probability - 1 <= change <= one.probability for change in changes)
    assert response.computed_windows == 12 + 20 + known + 240
