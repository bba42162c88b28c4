"""Single calls: what comes back, and what ends a call that cannot be answered."""

import logging

import grpc
import numpy as np
import pytest
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2, recording_pb2
from ecg_testing.fakes import FailingNetwork, FirstSamples, fake_classifier
from ecg_testing.messages import (
    REQUIRED_LEADS,
    leads_recording,
    numbered_recording,
    packed_recording,
    units,
)
from ecg_testing.serving import group, request, serving, stream
from ecg_testing.statuses import call_status


async def test_the_answer_is_what_the_network_says() -> None:
    """Each class has its code, its name, its probability, its threshold and whether it is a finding."""
    recording = packed_recording(units([100, 499, 500, 501, 1000]), recording_id="any name")
    async with serving(fake_classifier()) as server:
        prediction = (await server.stub.Predict(request(recording))).prediction

    assert prediction.recording_id == "any name"
    assert [one.code for one in prediction.classes] == ["NORM", "MI", "STTC", "CD", "HYP"]
    assert prediction.classes[1].display_name == "Myocardial infarction"
    np.testing.assert_allclose([one.probability for one in prediction.classes], [0.1, 0.499, 0.5, 0.501, 1], rtol=1e-6)
    assert [one.threshold for one in prediction.classes] == [0.5] * 5
    assert [one.is_positive for one in prediction.classes] == [False, False, True, True, True]
    assert prediction.model == prediction_pb2.ModelVersion(name="fake", version="", sha256="0" * 64)


async def test_metadata_reaches_the_network_and_the_unknown_is_said() -> None:
    """An age of 64 adds 64 / 256; every unknown value comes back as a warning with what the network was given."""
    recording = packed_recording(units([500]), metadata=recording_pb2.PatientMetadata(age_years=64))
    async with serving(fake_classifier()) as server:
        prediction = (await server.stub.Predict(request(recording))).prediction

    assert prediction.classes[0].probability == 0.75
    imputed = [one for one in prediction.warnings if one.code == prediction_pb2.WARNING_CODE_METADATA_IMPUTED]
    assert len(imputed) == 6
    assert [(one.HasField("measured"), one.measured) for one in imputed] == [(True, 0)] * 6
    assert [one.unit for one in imputed[:3]] == ["", "cm", "kg"]
    assert "height_cm" in imputed[1].message


async def test_both_signal_forms_reach_the_network_as_one_array() -> None:
    """Over the wire, too, `leads` and both packed formats give the network the same bits."""
    network = FirstSamples()
    signal = np.random.default_rng(1).integers(-3000, 3000, (1000, 12), dtype=np.int16)
    millivolts = (signal / 1000.0).astype(np.float32)
    messages = [
        leads_recording(millivolts),
        packed_recording(signal),
        packed_recording(millivolts, microvolts_per_unit=1000),
    ]
    async with serving(fake_classifier(network)) as server:
        network.seen.clear()
        for message in messages:
            await server.stub.Predict(request(message))

    assert [seen.tobytes() for _, seen in network.seen] == [millivolts.tobytes()] * 3


async def test_an_unforeseen_error_is_internal_and_says_nothing_more() -> None:
    """The caller learns that the fault is the server's; its text stays in the log."""
    async with serving(fake_classifier(FailingNetwork())) as server:
        with pytest.raises(aio.AioRpcError) as caught:
            await server.stub.Predict(request(numbered_recording(1000)))
        status = call_status(caught.value)
        after = await server.stub.Predict(request(numbered_recording(7)))

    assert (status.code, status.message) == (grpc.StatusCode.INTERNAL, "internal error")
    assert (status.reason, status.fields) == ("INTERNAL", [])
    assert "secret" not in str(caught.value.trailing_metadata())
    assert after.prediction.classes[0].probability == pytest.approx(0.007)


async def test_nothing_of_a_patient_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Good recordings, bad ones, and those that make the network fail leave no id and no value in the log."""
    caplog.set_level(logging.DEBUG)
    about = recording_pb2.PatientMetadata(age_years=123.25)
    wrong = recording_pb2.PatientMetadata(age_years=987.25)
    recordings = [
        packed_recording(units([7]), recording_id="PATIENT-4711", metadata=about),
        packed_recording(units([1000]), recording_id="PATIENT-4712", metadata=about),
        packed_recording(units([7]), recording_id="PATIENT-4713", metadata=wrong),
    ]
    async with serving(fake_classifier(FailingNetwork())) as server:
        for recording in recordings:
            try:
                await server.stub.Predict(request(recording))
            except aio.AioRpcError as error:
                assert "PATIENT" not in str(error.trailing_metadata())  # noqa: PT017 - two of the three must fail
        await stream(server.stub, [group(recordings)])

    assert "could not be classified" in caplog.text
    assert not any(text in caplog.text for text in ("PATIENT", "123.25", "987.25"))


async def test_model_summary_describes_model_input_and_limits() -> None:
    """The summary names the classes, what the network takes and what the server accepts."""
    async with serving(fake_classifier()) as server:
        summary = await server.stub.ModelSummary(pb.ModelSummaryRequest())

    assert (summary.summary_text, summary.model.name) == ("a fake", "fake")
    assert list(summary.class_codes) == ["NORM", "MI", "STTC", "CD", "HYP"]
    assert [(one.name, one.type, list(one.connected_to)) for one in summary.layers] == [
        ("fake", "FirstSamples", ["X", "Y"])
    ]
    assert (summary.input.sample_rate_hz, summary.input.sample_count) == (100, 1000)
    assert list(summary.input.lead_names) == list(range(1, 13))
    assert len(summary.input.metadata_fields) == 7
    assert tuple(summary.input.required_lead_names) == REQUIRED_LEADS
    assert summary.limits.max_message_bytes == 64 * 1024 * 1024
    assert summary.limits.max_recording_id_bytes == 256
    assert (summary.limits.min_sample_rate_hz, summary.limits.max_sample_rate_hz) == (50, 2000)
    assert (summary.limits.min_duration_seconds, summary.limits.max_duration_seconds) == (2.5, 600)
    assert list(summary.quality_figures) == []


async def test_a_message_at_the_limit_is_taken_and_a_larger_one_refused() -> None:
    """Messages far beyond gRPC's own 4 MiB are answered; beyond the published limit they are RESOURCE_EXHAUSTED."""
    recording = numbered_recording(1)
    large = group([recording] * 400)
    too_large = group([recording] * (64 * 1024 * 1024 // recording.ByteSize() + 1))
    async with serving(fake_classifier()) as server:
        results = await stream(server.stub, [large])
        with pytest.raises(aio.AioRpcError) as caught:
            await stream(server.stub, [too_large])

    assert large.ByteSize() > 8 * 1024 * 1024
    assert [one.sequence_number for one in results] == list(range(400))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
