import dataclasses
import socket
from collections.abc import Callable

import grpc
import pytest

from ecg_client import (
    DeadlineExceededError,
    EcgClient,
    EcgError,
    LeadName,
    Recording,
    RecordingRefusedError,
    ServiceUnavailableError,
    ServingStatus,
    UnknownModelError,
)
from ecg_testing.fake_service import FakeService

MakeRecording = Callable[..., Recording]


@pytest.fixture
def closed_port() -> int:
    """A port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_predict_answers_with_every_class_and_the_model(client: EcgClient, make_recording: MakeRecording) -> None:
    """The fake's probabilities are the first samples."""
    prediction = client.predict(make_recording("my id"))
    assert prediction.recording_id == "my id"
    assert [entry.probability for entry in prediction.classes] == pytest.approx([0.1, 0.9, 0.2, 0.3, 0.8])
    assert [entry.code for entry in prediction.findings] == ["MI", "HYP"]
    assert prediction.model.name == "fake"
    assert [warning.code for warning in prediction.warnings] == ["METADATA_IMPUTED"]


def test_an_answer_says_how_far_it_can_be_relied_on(client: EcgClient, make_recording: MakeRecording) -> None:
    """Operating point, uncertainty, and why the service does not stand by its findings."""
    usual, odd = client.predict(make_recording()), client.predict(make_recording(is_odd=True))
    assert (usual.operating_point, usual.uncertainty, usual.abstentions) == ("half", 0.25, ())
    assert not usual.is_abstained
    assert (odd.operating_point, odd.uncertainty) == ("half", 0.75)
    assert odd.is_abstained
    assert [(one.reason, one.lead) for one in odd.abstentions] == [("UNCERTAIN", None), ("UNFAMILIAR", LeadName.AVF)]
    assert [entry.code for entry in odd.findings] == ["MI", "HYP"]


def test_windows_are_there_for_those_who_ask(client: EcgClient, make_recording: MakeRecording) -> None:
    """Each with its offset and its probabilities by class; one that was left out has none."""
    prediction = client.predict(make_recording(), include_windows=True)
    first, second = prediction.windows
    assert (first.offset_seconds, second.offset_seconds) == (0.0, 5.0)
    assert first.probabilities == {entry.code: entry.probability for entry in prediction.classes}
    assert second.probabilities is None
    assert client.predict(make_recording()).windows == ()


def test_a_refused_recording_says_what_to_change(client: EcgClient, make_recording: MakeRecording) -> None:
    """Reason and field violations come from the status details."""
    with pytest.raises(RecordingRefusedError, match="send the rate in hertz") as caught:
        client.predict(make_recording(sample_rate_hz=0.0))
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.reason == "SAMPLE_RATE_NOT_POSITIVE"
    assert [violation.field for violation in caught.value.field_violations] == ["recording.sample_rate_hz"]


def test_an_address_where_nothing_answers_is_named(closed_port: int, make_recording: MakeRecording) -> None:
    """The caller sees where it tried."""
    with EcgClient(f"127.0.0.1:{closed_port}") as client:
        with pytest.raises(ServiceUnavailableError, match=f"127.0.0.1:{closed_port} is unavailable") as caught:
            client.predict(make_recording())
        assert isinstance(caught.value, EcgError)
        with pytest.raises(ServiceUnavailableError):
            list(client.predict_stream([make_recording()]))


def test_a_call_that_takes_too_long_is_given_up(
    address: str, service: FakeService, make_recording: MakeRecording
) -> None:
    """The client's timeout holds for every call, and the error names it and the address."""
    service.may_answer.clear()
    message = f"^no answer from {address} within 0.1 s$"
    with EcgClient(address, timeout_s=0.1) as client, pytest.raises(DeadlineExceededError, match=message):
        client.predict(make_recording())


def test_the_model_summary_is_typed(client: EcgClient) -> None:
    """All that the contract says, as dataclasses."""
    summary = client.model_summary()
    assert summary.summary_text == "Total params: 42\n"
    assert summary.layers[0].connected_to == ("input",)
    assert summary.class_codes == ("NORM", "MI", "STTC", "CD", "HYP")
    assert summary.input.lead_names == tuple(LeadName)
    assert summary.input.required_lead_names == (LeadName.I, LeadName.II, LeadName.V1, LeadName.V2)
    assert dataclasses.astuple(summary.limits) == (
        64 * 1024 * 1024,
        256,
        50.0,
        2000.0,
        2.5,
        600.0,
        256,
        60.0,
        None,
        None,
        None,
        None,
        None,
        None,
    )
    assert summary.quality_figures[0].value == 0.925
    assert [(point.name, point.is_active) for point in summary.operating_points] == [("half", True), ("eager", False)]
    assert summary.operating_points[1].thresholds == dict.fromkeys(summary.class_codes, 0.125)
    assert summary.operating_points[1].description == "0.125 for every class"
    assert summary.greatest_uncertainty == 0.5


def test_models_are_asked_by_label_or_version(client: EcgClient, make_recording: MakeRecording) -> None:
    """In calls and in streams; the summary lists them, and describes one of them."""
    assert client.predict(make_recording(), model_version="canary").model.version == "1.1.0"
    results = client.predict_stream([make_recording()] * 40, model_version="1.1.0")
    assert {result.prediction.model.version for result in results} == {"1.1.0"}
    summary = client.model_summary(model_version="next")
    assert summary.model.version == "1.1.0"
    assert [(one.model.version, one.labels) for one in summary.served_models] == [
        ("1.0.0", ("stable",)),
        ("1.1.0", ("canary", "next")),
    ]


def test_a_model_that_is_not_there_is_an_error_of_its_own(client: EcgClient, make_recording: MakeRecording) -> None:
    """It says which there are."""
    for ask in (
        lambda: client.predict(make_recording(), model_version="0.9"),
        lambda: list(client.predict_stream([make_recording()], model_version="0.9")),
        lambda: client.model_summary(model_version="0.9"),
    ):
        with pytest.raises(UnknownModelError, match=r"it has 1\.0\.0, 1\.1\.0"):
            ask()


def test_health_is_a_status(client: EcgClient) -> None:
    """The standard health service answers."""
    assert client.health() is ServingStatus.SERVING
