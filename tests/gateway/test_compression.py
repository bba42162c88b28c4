"""Bodies may be compressed, both ways; those in memory are bounded."""

import gzip
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from ecg.v1 import ecg_service_pb2 as pb
from ecg_gateway.protojson import message_to_json
from ecg_gateway.settings import MEBIBYTE, BodySettings
from ecg_testing.fake_service import FakeService
from ecg_testing.gateways import gateway
from ecg_testing.messages import packed_recording

JSON = {"Content-Type": "application/json"}


def test_a_body_may_be_compressed(url: str, original_recording: dict[str, list[object]]) -> None:
    """With gzip."""
    body = json.dumps(original_recording).encode()
    headers = JSON | {"Content-Encoding": "gzip"}
    compressed = requests.post(f"{url}/predict", data=gzip.compress(body), headers=headers, timeout=60)

    assert compressed.json() == requests.post(f"{url}/predict", data=body, headers=JSON, timeout=60).json()


@pytest.mark.parametrize(("accepts", "encoding"), [("gzip", "gzip"), ("identity", None), ("br;q=1", None)])
def test_an_answer_is_compressed_for_those_who_take_it(url: str, accepts: str, encoding: str | None) -> None:
    """If it is of a length that is worth it."""
    long = requests.get(f"{url}/v1/model", headers={"Accept-Encoding": accepts}, timeout=60)
    short = requests.get(f"{url}/model-summary", headers={"Accept-Encoding": accepts}, timeout=60)

    assert long.headers.get("Content-Encoding") == encoding
    assert long.json()["parameter_count"] == "42"
    assert "Content-Encoding" not in short.headers


def test_bodies_of_all_requests_together_are_bounded(service: FakeService, service_address: str) -> None:
    """While others fill the memory there is for them a body is refused, for now; then it is taken."""
    padded = message_to_json(pb.PredictRequest(recording=packed_recording())) + b" " * MEBIBYTE

    def send(base: str) -> requests.Response:
        return requests.post(f"{base}/v1/recordings:predict", data=padded, headers=JSON, timeout=60)

    with gateway(service_address, body=BodySettings(held_bytes=2 * MEBIBYTE)) as base, ThreadPoolExecutor(1) as thread:
        service.may_answer.clear()
        before = service.calls
        first = thread.submit(send, base)
        while service.calls == before:
            time.sleep(0.01)
        refused = send(base)
        service.may_answer.set()
        answered = [first.result().status_code, send(base).status_code]

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert refused.json()["error"]["details"][0]["reason"] == "BODIES_TOO_MANY"
    assert answered == [200, 200]
