"""What the wire says of operating points, uncertainty and abstention."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2, recording_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_model.bundle import SHIPPED_BUNDLES, read_bundle, write_manifest
from ecg_model.classifier import Classifier
from ecg_model.manifest import AbstentionRule, LeadRange, OperatingPoint
from ecg_model.recording import LeadName
from ecg_server.__main__ import main
from ecg_testing.failures import failure
from ecg_testing.fakes import FirstSamples, fake_manifest
from ecg_testing.golden import KERAS_3
from ecg_testing.messages import packed_recording, synthetic_recording, units
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import group, request, serving, stream

EAGER = OperatingPoint(name="eager", description="less for each class", thresholds=(0.5, 0.4, 0.3, 0.2, 0.1))
# A first sample of 1 mV makes a lead of zeros deviate by 0.0316 mV.
QUIET = tuple(LeadRange(name=name, deviation_mv=(0, 0.02), step_deviation_mv=(0, 1)) for name in LeadName)


def eager_classifier(abstention: AbstentionRule | None = None) -> Classifier:
    """Return a classifier of two operating points that runs at its second."""
    manifest = fake_manifest()
    points = (*manifest.operating_points, EAGER)
    return Classifier(replace(manifest, operating_points=points, abstention=abstention), FirstSamples(), EAGER)


async def test_findings_are_those_of_the_operating_point() -> None:
    """The answer has its name and its thresholds, and one that is reached is a finding, in a stream too."""
    recording = packed_recording(units([499, 400, 301, 199, 100]))
    async with serving(eager_classifier()) as server:
        prediction = (await server.stub.Predict(request(recording))).prediction
        (result,) = await stream(server.stub, [group([recording])])

    assert prediction.operating_point == "eager"
    assert [one.threshold for one in prediction.classes] == pytest.approx(EAGER.thresholds)
    assert [one.is_positive for one in prediction.classes] == [False, True, True, False, True]
    assert result.prediction == prediction


async def test_a_finding_never_contradicts_the_numbers_beside_it() -> None:
    """0.1 as float32 is above 0.1: the two are compared as the caller sees them."""
    recording = packed_recording(units([0, 0, 0, 0, 100]))
    async with serving(eager_classifier()) as server:
        prediction = (await server.stub.Predict(request(recording))).prediction

    for one in prediction.classes:
        assert one.is_positive == (one.probability >= one.threshold)


async def test_every_answer_has_its_uncertainty() -> None:
    """An uncertainty of 0 is there too; without a rule nothing is abstained from."""
    sure, even = packed_recording(), packed_recording(units([500] * 5))
    async with serving(eager_classifier()) as server:
        results = await stream(server.stub, [group([sure, even])])

    predictions = [one.prediction for one in results]
    assert [(one.HasField("uncertainty"), one.uncertainty) for one in predictions] == [(True, 0), (True, 1)]
    assert [len(one.abstentions) for one in predictions] == [0, 0]


async def test_an_answer_says_why_the_service_does_not_stand_by_it() -> None:
    """With the reason, the lead and the words; the probabilities are there all the same."""
    rule = AbstentionRule(greatest_uncertainty=0.15, lead_ranges=QUIET)
    uncertain, unfamiliar = packed_recording(units([500])), packed_recording(units([0, 1000]))
    async with serving(eager_classifier(rule)) as server:
        results = await stream(server.stub, [group([packed_recording(), uncertain, unfamiliar])])

    sure, unsure, loud = (one.prediction for one in results)
    assert list(sure.abstentions) == []
    assert list(unsure.abstentions) == [
        prediction_pb2.Abstention(
            reason=prediction_pb2.ABSTENTION_REASON_UNCERTAIN,
            message="the network is unsure: the uncertainty is above 0.15",
        )
    ]
    assert [(one.reason, one.lead) for one in loud.abstentions] == [
        (prediction_pb2.ABSTENTION_REASON_UNFAMILIAR, recording_pb2.LEAD_NAME_II)
    ]
    assert "lead II is unlike the training data" in loud.abstentions[0].message
    assert loud.classes[1].is_positive


async def test_the_summary_lists_the_operating_points_and_when_the_model_abstains() -> None:
    """Each with its thresholds by class code; one of them is active."""
    async with serving(eager_classifier(AbstentionRule(greatest_uncertainty=0.625))) as server:
        summary = await server.stub.ModelSummary(pb.ModelSummaryRequest())

    assert [(one.name, one.is_active) for one in summary.operating_points] == [("default", False), ("eager", True)]
    assert summary.operating_points[1].description == "less for each class"
    thresholds = {one.class_code: one.threshold for one in summary.operating_points[1].thresholds}
    assert thresholds == pytest.approx({"NORM": 0.5, "MI": 0.4, "STTC": 0.3, "CD": 0.2, "HYP": 0.1})
    assert summary.greatest_uncertainty == 0.625


async def test_the_summary_of_a_model_that_never_abstains_says_so() -> None:
    """There is no greatest uncertainty, which is not one of 0."""
    async with serving(eager_classifier()) as server:
        summary = await server.stub.ModelSummary(pb.ModelSummaryRequest())

    assert not summary.HasField("greatest_uncertainty")


async def test_the_server_runs_at_the_one_it_was_started_with(tmp_path: Path) -> None:
    """A real process, told by a flag."""
    shutil.copytree(SHIPPED_BUNDLES / "reference", tmp_path / "copy")
    manifest = read_bundle(tmp_path / "copy").manifest
    write_manifest(replace(manifest, operating_points=(*manifest.operating_points, EAGER)), tmp_path / "copy")
    with ServerProcess("--model", str(tmp_path / "copy"), "--operating-point", "eager") as server:
        async with aio.insecure_channel(server.address) as channel:
            prediction = (await EcgServiceStub(channel).Predict(request(synthetic_recording()))).prediction
        assert server.stop() == 0

    assert prediction.operating_point == "eager"
    assert [one.threshold for one in prediction.classes] == pytest.approx(EAGER.thresholds)


def test_an_unknown_operating_point_ends_the_start_with_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a flag and as a variable; of a bundle and of a bare file."""
    assert "has no operating point 'shy'; it has f1" in failure("reference", capsys, "--operating-point", "shy")
    monkeypatch.setenv("ECG_OPERATING_POINT", "bold")
    assert "has no operating point 'bold'; it has f1" in failure("reference", capsys)
    assert "keras3.keras: has no operating point 'bold'; it has default" in failure(KERAS_3, capsys)


def test_help_tells_how_to_choose_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The flag, its variable, and where the names are."""
    with pytest.raises(SystemExit):
        main(["--help"])
    text = " ".join(capsys.readouterr().out.split())

    assert "--operating-point" in text
    assert "by name, as `ecg summary` lists them; unless given, of each its first (ECG_OPERATING_POINT)" in text
