"""What anyone can do from a shell with grpcurl, which knows the contract from the server alone."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from google.protobuf import json_format

from ecg.v1 import ecg_service_pb2 as pb
from ecg_testing.processes import ServerProcess

EXAMPLE = Path(__file__).parents[1] / "examples" / "predict.json"


@pytest.fixture
def grpcurl() -> str:
    """The grpcurl of this machine: $GRPCURL, or the one on PATH."""
    path = os.environ.get("GRPCURL") or shutil.which("grpcurl")
    if path is None:
        pytest.skip("there is no grpcurl on PATH, and GRPCURL does not name one")
    return path


def run(grpcurl: str, server: ServerProcess, *arguments: str, text: str | None = None) -> str:
    """Return what grpcurl prints."""
    flags = [argument for argument in arguments if argument.startswith("-")]
    rest = arguments[len(flags) :]
    return subprocess.run(  # noqa: S603 - named by whoever runs the tests
        [grpcurl, "-plaintext", *flags, *(["-d", "@"] if text else []), server.address, *rest],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def test_grpcurl_lists_the_services(grpcurl: str, default_server: ServerProcess) -> None:
    """Without any .proto file."""
    services = run(grpcurl, default_server, "list").split()

    assert {"ecg.v1.EcgService", "grpc.health.v1.Health"} <= set(services)
    assert "ecg.v1.EcgService.PredictStream" in run(grpcurl, default_server, "list", "ecg.v1.EcgService")


def test_grpcurl_describes_the_messages(grpcurl: str, default_server: ServerProcess) -> None:
    """The fields of a request can be looked up in the shell."""
    assert "microvolts_per_unit = 3" in run(grpcurl, default_server, "describe", "ecg.v1.PackedSignal")


def test_grpcurl_classifies_the_example(grpcurl: str, default_server: ServerProcess) -> None:
    """The JSON example of the README is answered, and default values are printed when they are asked for."""
    text = EXAMPLE.read_text(encoding="utf-8")
    answer = run(grpcurl, default_server, "-emit-defaults", "ecg.v1.EcgService/Predict", text=text)

    prediction = json_format.Parse(answer, pb.PredictResponse()).prediction
    assert [one.code for one in prediction.classes] == ["NORM", "MI", "STTC", "CD", "HYP"]
    assert prediction.recording_id == "synthetic-0000-normal"
    # What is printed, whether or not it is the default: field names are in one style or the other.
    assert len(re.findall(r'"(?:is_positive|isPositive)": (?:true|false)', answer)) == 5


def test_grpcurl_streams_the_example(grpcurl: str, default_server: ServerProcess) -> None:
    """Two messages in, two results out, numbered from 0."""
    recording = json.loads(EXAMPLE.read_text(encoding="utf-8"))["recording"]
    text = json.dumps({"recordings": [recording]}) * 2
    answers = run(grpcurl, default_server, "-emit-defaults", "ecg.v1.EcgService/PredictStream", text=text)

    assert re.findall(r'"(?:sequence_number|sequenceNumber)": "(\d+)"', answers) == ["0", "1"]


def test_grpcurl_checks_the_health(grpcurl: str, default_server: ServerProcess) -> None:
    """The standard health service."""
    assert "SERVING" in run(grpcurl, default_server, "grpc.health.v1.Health/Check")


def test_the_example_is_a_request() -> None:
    """It has the form of the contract, and twelve leads of a thousand samples, with or without grpcurl."""
    request = json_format.Parse(EXAMPLE.read_text(encoding="utf-8"), pb.PredictRequest())

    assert [(lead.name, len(lead.millivolts)) for lead in request.recording.leads] == [
        (number, 1000) for number in range(1, 13)
    ]
    assert request.recording.metadata.age_years == 56
