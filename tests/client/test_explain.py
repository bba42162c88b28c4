"""Asking for the reason why, by either client."""

from collections.abc import Callable

import grpc
import pytest

from ecg_client import (
    AsyncEcgClient,
    EcgClient,
    ExplanationMethod,
    LeadName,
    MetadataAttribution,
    NotExplainableError,
    PatientMetadata,
    Recording,
    RecordingRefusedError,
    TimeAttribution,
    UnknownModelError,
)
from ecg_testing.fake_service import FakeService

MakeRecording = Callable[..., Recording]


def test_an_explanation_has_the_prediction_and_what_speaks_for_each_class(
    client: EcgClient, make_recording: MakeRecording
) -> None:
    """The fake's changes are the first samples of the leads, and the numbers of the half seconds over 128."""
    explanation = client.explain(make_recording("my id"))

    assert explanation.prediction == client.predict(make_recording("my id"))
    assert (explanation.method, explanation.computed_windows) == (ExplanationMethod.OCCLUSION, 40)
    assert [entry.code for entry in explanation.classes] == ["NORM", "MI", "STTC", "CD", "HYP"]
    infarction = explanation.classes[1]
    assert (infarction.display_name, infarction.probability) == ("mi", pytest.approx(0.9))
    assert [one.lead for one in infarction.leads] == list(LeadName)
    assert [one.probability_change for one in infarction.leads[:3]] == pytest.approx([0.1, 0.9, 0.2])
    assert {one.time_probability_changes for one in infarction.leads} == {()}
    assert infarction.times[2] == TimeAttribution(1.0, 0.5, 2 / 128)
    assert len(infarction.times) == 20
    assert infarction.metadata == ()
    assert (infarction.baseline_probability, infarction.completeness_error) == (None, None)


def test_classes_lead_times_and_metadata_are_asked_for(client: EcgClient, make_recording: MakeRecording) -> None:
    """Of one class, half second by half second of each lead; a value that was sent has its share."""
    one = make_recording()
    known = Recording(one.signal, one.sample_rate_hz, metadata=PatientMetadata(age_years=61))
    (entry,) = client.explain(known, class_codes=["HYP"], include_lead_times=True).classes

    assert entry.code == "HYP"
    assert entry.leads[1].time_probability_changes == pytest.approx([0.9 * index / 128 for index in range(20)])
    assert entry.metadata == (MetadataAttribution("age_years", 0.25),)


async def test_the_asynchronous_client_explains_alike(
    address: str, client: EcgClient, make_recording: MakeRecording
) -> None:
    """The same answer, and the same errors."""
    async with AsyncEcgClient(address, timeout_s=10.0) as other:
        explanation = await other.explain(make_recording(), class_codes=["MI"], include_lead_times=True)
        with pytest.raises(NotExplainableError):
            await other.explain(make_recording(), method=ExplanationMethod.INTEGRATED_GRADIENTS)

    assert explanation == client.explain(make_recording(), class_codes=["MI"], include_lead_times=True)


def test_what_cannot_be_explained_says_why(client: EcgClient, make_recording: MakeRecording) -> None:
    """Each refusal has its exception."""
    with pytest.raises(RecordingRefusedError, match="no class of this code"):
        client.explain(make_recording(), class_codes=["XYZ"])
    with pytest.raises(NotExplainableError, match="FAILED_PRECONDITION: this server's runtime tells no gradients"):
        client.explain(make_recording(), method=ExplanationMethod.INTEGRATED_GRADIENTS)
    with pytest.raises(UnknownModelError):
        client.explain(make_recording(), model_version="9.9.9")


def test_an_explanation_is_asked_for_again_where_the_service_was_away(
    client: EcgClient, make_recording: MakeRecording, service: FakeService
) -> None:
    """Like a prediction."""
    service.failures.extend([grpc.StatusCode.UNAVAILABLE] * 2)
    assert client.explain(make_recording()).classes
    assert service.calls == 3
