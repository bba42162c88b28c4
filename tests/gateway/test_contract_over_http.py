"""The methods of the contract over HTTP."""

import base64
import json
from typing import Any

import grpc
import numpy as np
import pytest
import requests
from google.protobuf import json_format

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_testing.messages import leads_recording, packed_recording, synthetic_recording
from ecg_testing.processes import ServerProcess

PREDICT = "/v1/recordings:predict"


def post(url: str, body: Any, path: str = PREDICT) -> requests.Response:
    """Send JSON."""
    return requests.post(f"{url}{path}", json=body, timeout=60)


def as_json(message: Any, **options: bool) -> Any:
    """Return a message as ProtoJSON, as protobuf's own library has it."""
    return json.loads(json_format.MessageToJson(message, **options))


@pytest.mark.parametrize("keeps_names", [True, False], ids=["names of the contract", "lowerCamelCase"])
def test_a_prediction_is_the_one_that_grpc_gives(
    default_url: str, default_server: ServerProcess, *, keeps_names: bool
) -> None:
    """All of it, to the last digit, whichever way the request spells its fields."""
    request = pb.PredictRequest(recording=synthetic_recording(5), options=pb.PredictOptions(include_windows=True))
    response = post(default_url, as_json(request, preserving_proto_field_name=keeps_names))
    with grpc.insecure_channel(default_server.address) as channel:
        expected = EcgServiceStub(channel).Predict(request)
    assert response.status_code == 200, response.text

    assert json_format.ParseDict(response.json(), pb.PredictResponse()) == expected
    assert response.headers["content-type"] == "application/json"


def test_an_explanation_is_the_one_that_grpc_gives(default_url: str, default_server: ServerProcess) -> None:
    """A method is a row of the table, and this is the second one."""
    options = pb.ExplainOptions(class_codes=["MI"])
    request = pb.ExplainRequest(recording=synthetic_recording(5), options=options)
    response = post(default_url, as_json(request), "/v1/recordings:explain")
    with grpc.insecure_channel(default_server.address) as channel:
        expected = EcgServiceStub(channel).Explain(request)
    assert response.status_code == 200, response.text
    answered = json_format.ParseDict(response.json(), pb.ExplainResponse())

    assert [one.code for one in answered.classes] == ["MI"]
    assert [one.probability_change for one in answered.classes[0].leads] == pytest.approx(
        [one.probability_change for one in expected.classes[0].leads], abs=1e-5
    )


def test_both_forms_of_a_signal_are_the_same(default_url: str) -> None:
    """Numbers written out, and bytes in base64."""
    signal = (np.random.default_rng(3).normal(0, 0.1, (1000, 12))).astype(np.float32)
    packed = as_json(pb.PredictRequest(recording=packed_recording(signal, microvolts_per_unit=1000.0)))
    written_out = as_json(pb.PredictRequest(recording=leads_recording(signal)))

    assert post(default_url, packed).json() == post(default_url, written_out).json()


def test_values_that_are_defaults_are_printed(url: str) -> None:
    """A probability of 0 and a false are said, and so is an empty list; what is absent stays away."""
    recording = as_json(packed_recording())
    (answered,) = {json.dumps(one) for one in post(url, {"recording": recording}).json()["prediction"]["classes"][1:2]}
    prediction = post(url, {"recording": recording}).json()["prediction"]

    assert json.loads(answered) == {
        "code": "MI",
        "display_name": "mi",
        "probability": 0.0,
        "threshold": 0.5,
        "is_positive": False,
    }
    assert prediction["windows"] == []
    assert prediction["recording_id"] == ""


def test_the_model_is_described(default_url: str, default_server: ServerProcess) -> None:
    """As `ModelSummary` describes it."""
    with grpc.insecure_channel(default_server.address) as channel:
        expected = EcgServiceStub(channel).ModelSummary(pb.ModelSummaryRequest())
    described = requests.get(f"{default_url}/v1/model", timeout=60).json()

    assert json_format.ParseDict(described, pb.ModelSummaryResponse()) == expected


@pytest.mark.parametrize("name", ["model_version", "modelVersion"])
def test_a_query_says_which_model(url: str, name: str) -> None:
    """By label or version."""
    described = requests.get(f"{url}/v1/model", params={name: "canary"}, timeout=60).json()

    assert described["model"]["version"] == "1.1.0"


def test_a_model_that_is_not_there_is_404(url: str) -> None:
    """As NOT_FOUND is."""
    response = requests.get(f"{url}/v1/model", params={"model_version": "9"}, timeout=60)

    assert (response.status_code, response.json()["error"]["status"]) == (404, "NOT_FOUND")


def test_an_unknown_parameter_is_refused(url: str) -> None:
    """Whoever misspells the version does not get another one's summary."""
    response = requests.get(f"{url}/v1/model", params={"version": "canary"}, timeout=60)

    assert response.status_code == 400
    assert "there is model_version" in response.json()["error"]["message"]


def test_null_is_unknown(url: str) -> None:
    """As programs write it that have no value."""
    recording = as_json(packed_recording(), preserving_proto_field_name=True)
    recording["metadata"] = {"age_years": None, "sex": None}

    assert post(url, {"recording": recording, "options": None}).status_code == 200


def test_base64_may_be_of_either_alphabet(url: str) -> None:
    """URLs have another one, and often no padding."""
    recording = as_json(packed_recording(), preserving_proto_field_name=True)
    samples = np.full((12, 1000), -1, "<i2").tobytes()
    recording["packed_signal"]["samples"] = base64.urlsafe_b64encode(samples).decode().rstrip("=")
    probabilities = [one["probability"] for one in post(url, {"recording": recording}).json()["prediction"]["classes"]]

    assert probabilities == [pytest.approx(-0.001)] * 5
