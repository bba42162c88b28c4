"""A new version of a model takes over while the server runs."""

import asyncio
import gc
import json
import logging
import shutil
import signal
import weakref
from pathlib import Path

import numpy as np
import pytest
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_model.bundle import SHIPPED_BUNDLES
from ecg_model.classifier import Classifier
from ecg_model.errors import BundleError
from ecg_model.recording import FloatArray
from ecg_server.server import EcgServer
from ecg_server.settings import HealthSettings, ServerSettings
from ecg_testing.fakes import GatedNetwork, classifier_of, entered, fake_manifest
from ecg_testing.messages import numbered_recording
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import group, request
from ecg_testing.waiting import until

OFTEN = HealthSettings(watch_seconds=0.02)
SWAPS = 20


class Versioned:
    """A network whose every probability is its version over 100."""

    def __init__(self, version: int) -> None:
        self._version = version

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:  # noqa: ARG002 - a Network
        """Return probabilities [recording, class]."""
        return np.full((len(signal), 5), self._version / 100, dtype=np.float32)


def load(model: str) -> Classifier:
    """Return the classifier of the version that a file has for its text; of none but digits there is no model."""
    text = Path(model).read_text(encoding="ascii")
    if not text.isdecimal():
        raise BundleError(model, "is broken")
    return classifier_of(fake_manifest(text), Versioned(int(text)))


def is_of_one_version(prediction: prediction_pb2.Prediction) -> bool:
    """Return whether the version that an answer names is the one that computed it."""
    return all(round(one.probability * 100) == int(prediction.model.version) for one in prediction.classes)


async def swap(path: Path, version: int, stub: EcgServiceStub) -> None:
    """Write a new version, and wait until it answers."""
    await asyncio.to_thread(path.write_text, str(version), "ascii")
    await answers(stub, str(version))


async def answers(stub: EcgServiceStub, version: str) -> None:
    """Wait until a version answers."""
    async with asyncio.timeout(60):
        while (await stub.ModelSummary(pb.ModelSummaryRequest())).model.version != version:  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0.01)


async def test_under_load_no_call_fails_or_mixes_versions(tmp_path: Path) -> None:
    """While twenty versions take over, single calls and streams are all answered, each by one version."""
    path = tmp_path / "model"
    path.write_text("1", encoding="ascii")
    server = EcgServer(ServerSettings(model=str(path), port=0, health=OFTEN), load)
    port = await server.start()
    is_over = asyncio.Event()
    seen: set[str] = set()

    async def call(stub: EcgServiceStub) -> None:
        while not is_over.is_set():
            answer = (await stub.Predict(request(numbered_recording(1)))).prediction
            assert is_of_one_version(answer)
            seen.add(answer.model.version)

    async def open_streams(stub: EcgServiceStub) -> None:
        while not is_over.is_set():
            stream = stub.PredictStream(group([numbered_recording(1)] * 3) for _ in range(20))
            answers = [result.prediction async for response in stream for result in response.results]
            assert len(answers) == 60
            assert all(map(is_of_one_version, answers))
            assert len({answer.model.version for answer in answers}) == 1

    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = EcgServiceStub(channel)
        load_tasks = [asyncio.create_task(task) for task in (call(stub), call(stub), open_streams(stub))]
        for version in range(2, 2 + SWAPS):
            await swap(path, version, stub)
        is_over.set()
        await asyncio.gather(*load_tasks)
        last = (await stub.Predict(request(numbered_recording(1)))).prediction
    await server.drain()

    assert last.model.version == str(1 + SWAPS)
    assert len(seen) > 1


async def test_a_stream_keeps_the_version_it_began_with(tmp_path: Path) -> None:
    """A stream that is open while a new version takes over goes on with the old one; calls after that get the new."""
    path = tmp_path / "model"
    path.write_text("1", encoding="ascii")
    server = EcgServer(ServerSettings(model=str(path), port=0, health=OFTEN), load)
    port = await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = EcgServiceStub(channel)
        opened = stub.PredictStream()
        await opened.write(group([numbered_recording(1)]))
        before = (await opened.read()).results[0].prediction
        await swap(path, 2, stub)
        await opened.write(group([numbered_recording(1)]))
        after = (await opened.read()).results[0].prediction
        await opened.done_writing()
        single = (await stub.Predict(request(numbered_recording(1)))).prediction
    await server.drain()

    assert [one.model.version for one in (before, after, single)] == ["1", "1", "2"]
    assert all(map(is_of_one_version, (before, after, single)))


async def test_a_model_that_was_replaced_is_let_go_of(tmp_path: Path) -> None:
    """Also where a stream that was open at that moment is cut later."""
    path = tmp_path / "model"
    path.write_text("1", encoding="ascii")
    held: weakref.WeakSet[Classifier] = weakref.WeakSet()

    def load_and_watch(model: str) -> Classifier:
        held.add(classifier := load(model))
        return classifier

    server = EcgServer(ServerSettings(model=str(path), port=0, health=OFTEN), load_and_watch)
    port = await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = EcgServiceStub(channel)
        opened = stub.PredictStream()
        await opened.write(group([numbered_recording(1)]))
        await opened.read()
        await swap(path, 2, stub)
        opened.cancel()
        await swap(path, 3, stub)
        async with asyncio.timeout(20):
            while len(held) > 1:
                # A thread that has nothing to do has still what it did last.
                await asyncio.gather(*(stub.Predict(request(numbered_recording(1))) for _ in range(40)))
                gc.collect()
    await server.drain()


async def test_a_model_that_cannot_be_served_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The old one goes on, the log says why, and a good one takes over afterwards."""
    path = tmp_path / "model"
    path.write_text("1", encoding="ascii")
    server = EcgServer(ServerSettings(model=str(path), port=0, health=OFTEN), load)
    port = await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = EcgServiceStub(channel)
        with caplog.at_level(logging.ERROR):
            path.write_text("rubbish", encoding="ascii")
            await until(lambda: bool(caplog.records))
        kept = (await stub.Predict(request(numbered_recording(1)))).prediction
        await swap(path, 2, stub)
    await server.drain()

    assert kept.model.version == "1"
    assert "the model 'stable' stays as it is" in caplog.text
    assert "is broken" in caplog.text


async def test_sighup_makes_a_process_load_its_bundle_anew(tmp_path: Path) -> None:
    """A good bundle takes over; one whose network is not the manifest's is refused, and the old one goes on."""
    folder = tmp_path / "bundle"
    shutil.copytree(SHIPPED_BUNDLES / "reference", folder)
    with ServerProcess("--model", str(folder), "--watch-seconds", "0") as server:
        async with aio.insecure_channel(server.address) as channel:
            stub = EcgServiceStub(channel)
            _write_version(folder, "9.9.9")
            server.process.send_signal(signal.SIGHUP)
            await answers(stub, "9.9.9")
            _write_version(folder, "10.0.0")
            (folder / "network.onnx").write_bytes(b"not what the manifest promises")
            server.process.send_signal(signal.SIGHUP)
            await until(lambda: any("stays as it is" in line for line in server.lines))
            summary = await stub.ModelSummary(pb.ModelSummaryRequest())
        assert summary.model.version == "9.9.9"
        assert server.stop() == 0
    assert any("network.onnx" in line and "SHA-256" in line for line in server.lines)


def _write_version(folder: Path, version: str) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "version": version}), encoding="utf-8")


async def test_an_explanation_keeps_its_model_and_nothing_keeps_it_longer() -> None:
    """What was begun with a version is answered by it after another has taken over; then it is let go."""
    network = GatedNetwork()
    held = weakref.ref(network)
    loads = [classifier_of(fake_manifest("2"), Versioned(2)), classifier_of(fake_manifest("1"), network)]
    server = EcgServer(ServerSettings(model="", port=0), lambda _: loads.pop())
    port = await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = EcgServiceStub(channel)
        network.close()
        explained = stub.Explain(pb.ExplainRequest(recording=numbered_recording(1)))
        await entered(network)
        renewed = asyncio.create_task(server.renew_models())
        await answers(stub, "2")
        network.gate.set()
        assert (await explained).prediction.model.version == "1"
        await renewed
        del network, explained, renewed
        async with asyncio.timeout(60):
            while held() is not None:
                # A thread that has nothing to do has still what it did last.
                await asyncio.gather(*(stub.Predict(request(numbered_recording(1))) for _ in range(40)))
                gc.collect()
    await server.drain()
