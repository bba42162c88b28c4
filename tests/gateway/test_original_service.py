"""Programs that were written for the original web service run against the gateway as they are."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest
import requests

from ecg_client import EcgClient, PatientMetadata, Recording, Sex
from ecg_client.formats.npz import open_npz
from ecg_client.formats.synthetic import generate_recording
from ecg_testing.fake_service import CLASS_CODES
from ecg_testing.fakes import FirstSamples, fake_classifier
from ecg_testing.gateways import gateway
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import serving

CLIENT = Path(__file__).with_name("original_client.py")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A `data.npz` of three synthetic recordings."""
    recordings = [generate_recording(index) for index in range(3)]
    path = tmp_path / "data.npz"
    np.savez(
        path,
        X_test=np.array([[65, 0, 0, 81.5, 0, 0, 0], [48, 1, 165, 0, 2, 0, 0], [90, 1, 12, 60, 5, 3, 1]]),
        Y_test=np.array([recording.signal / 1000 for recording in recordings]),
        Z_test=np.eye(3, 5),
    )
    return path


def test_the_original_client_runs_as_it_was(default_url: str, default_server: ServerProcess, data: Path) -> None:
    """It prints the summary, and target and prediction of each recording: those that the gRPC client gets."""
    ran = subprocess.run(  # noqa: S603 - our own
        [sys.executable, CLIENT, default_url, data], capture_output=True, text=True, check=True, timeout=120
    )
    summary, *printed = ran.stdout.split("target: ")
    file = open_npz(data)
    recordings = [file.read_recording(index) for index in range(len(file))]

    with EcgClient(default_server.address) as client:
        assert summary.strip() == client.model_summary().summary_text.strip()
        predictions = [client.predict(recording) for recording in recordings]
    assert [block.splitlines()[0] for block in printed] == ["['NORM']", "['MI']", "['STTC']"]
    for block, prediction in zip(printed, predictions, strict=True):
        probabilities = {one.code: one.probability for one in prediction.classes}
        found = [code for code, probability in probabilities.items() if probability >= 0.5]
        assert block.splitlines()[1] == f"predicted: {found} {probabilities}"


@pytest.mark.parametrize(
    "row",
    [
        pytest.param([65.5, 1, 170, 70.25, 2, 1, 1], id="all is known"),
        pytest.param([0, 0, 0, 0, 0, 0, 0], id="nothing is known"),
        pytest.param([20, 0, 51, 40, 5, 3, False], id="the last codes"),
    ],
)
async def test_the_network_is_given_what_the_original_gave_it(row: list[float]) -> None:
    """X and Y arrive as the two inputs of a Keras file without a manifest, bit for bit."""
    signal = np.random.default_rng(7).normal(0, 0.2, (1000, 12))
    network = FirstSamples()
    async with serving(fake_classifier(network)) as serving_one, httpx.AsyncClient() as client:
        with gateway(serving_one.address) as url:
            response = await client.post(f"{url}/predict", json={"X": row, "Y": signal.tolist()})
    assert response.status_code == 200, response.text
    metadata, seen = network.seen[-1]

    assert metadata.tolist() == np.array(row, np.float32).tolist()
    assert seen.tobytes() == signal.astype(np.float32).tobytes()


@pytest.mark.parametrize(
    ("column", "value", "seen"), [(2, 49, 0), (0, 300, 90)], ids=["a height under 50 is none", "300 is over 89"]
)
async def test_codes_of_the_data_are_understood(column: int, value: float, seen: float) -> None:
    """As PTB-XL and the npz file have them."""
    row = [65, 1, 170, 70, 0, 0, 0]
    row[column] = int(value)
    network = FirstSamples()
    body = {"X": row, "Y": np.zeros((1000, 12)).tolist()}
    async with serving(fake_classifier(network)) as serving_one, httpx.AsyncClient() as client:
        with gateway(serving_one.address) as url:
            response = await client.post(f"{url}/predict", json=body)
    assert response.status_code == 200, response.text

    assert network.seen[-1][0][column] == seen


def test_the_answer_is_a_probability_for_each_class(url: str, original_recording: dict[str, list[object]]) -> None:
    """In the model's order, and nothing else."""
    response = requests.post(f"{url}/predict", json=original_recording, timeout=60)

    assert response.headers["content-type"] == "application/json"
    assert list(response.json()) == list(CLASS_CODES)
    assert list(response.json().values()) == [float(np.float32(value)) for value in (0.1, 0.2, 0.3, 0.4, 0.5)]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_summary_is_the_text_that_keras_prints(url: str, method: str) -> None:
    """As it is."""
    response = requests.request(method, f"{url}/model-summary", timeout=60)

    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text == "Total params: 42\n"


def test_what_the_service_refuses_is_said_of_x_and_y(default_url: str) -> None:
    """This door has no field `recording.metadata.age_years`."""
    refused = {"X": [-1, 0, 0, 0, 0, 0, 0], "Y": np.zeros((1000, 12)).tolist()}
    response = requests.post(f"{default_url}/predict", json=refused, timeout=60)
    assert response.status_code == 400
    (violation,) = response.json()["error"]["details"][1]["field_violations"]

    assert violation["field"] == "X[0]"
    assert "0 to 130" in violation["description"]


def test_other_keys_are_let_be(url: str, original_recording: dict[str, list[object]]) -> None:
    """The original did not look at them either."""
    body = json.dumps(original_recording | {"id": "a"})
    headers = {"Content-Type": "application/json; charset=utf-8"}

    assert requests.post(f"{url}/predict", data=body, headers=headers, timeout=60).status_code == 200


def test_the_signal_is_the_one_that_the_client_sends(default_url: str, default_server: ServerProcess) -> None:
    """A recording has the same probabilities through either door, bit for bit."""
    signal = (generate_recording(4).signal / 1000).astype(np.float32)
    answer = requests.post(f"{default_url}/predict", json={"X": [0] * 7, "Y": signal.tolist()}, timeout=60).json()
    with EcgClient(default_server.address) as client:
        # No code of X says that sex or pacemaker is unknown.
        metadata = PatientMetadata(sex=Sex.MALE, has_pacemaker=False)
        prediction = client.predict(Recording(signal, 100.0, metadata=metadata))

    assert answer == {one.code: one.probability for one in prediction.classes}
