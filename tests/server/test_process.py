"""The server as a process: what it prints, what it answers, and how it ends."""

import re
import subprocess
import sys

import grpc
import numpy as np
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_server.__main__ import main
from ecg_testing.golden import KERAS_2, golden_recordings
from ecg_testing.messages import synthetic_recording
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import group, request
from ecg_testing.statuses import call_status


async def test_it_says_where_it_listens_once_it_serves(default_server: ServerProcess) -> None:
    """The one line on standard error has the address; health is SERVING under both names."""
    assert re.fullmatch(r"127\.0\.0\.1:\d+", default_server.address)
    async with aio.insecure_channel(default_server.address) as channel:
        for name in ("", "ecg.v1.EcgService"):
            answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=name))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_the_default_model_is_the_shipped_ensemble(default_server: ServerProcess) -> None:
    """It classifies without TensorFlow, has 999,850 parameters, and says how good it is and what it ignores."""
    recording = synthetic_recording()
    recording.metadata.first_infarction_stage = 2
    async with aio.insecure_channel(default_server.address) as channel:
        stub = EcgServiceStub(channel)
        summary = await stub.ModelSummary(pb.ModelSummaryRequest())
        prediction = (await stub.Predict(request(recording))).prediction

    assert (summary.model.name, summary.parameter_count) == ("ensemble", 999_850)
    assert "first_infarction_stage" not in summary.input.metadata_fields
    figures = {figure.name: figure.value for figure in summary.quality_figures if not figure.class_code}
    assert figures["macro_auc"] >= 0.92
    assert prediction.model == summary.model
    assert all(0 <= one.probability <= 1 for one in prediction.classes)
    ignored = [one for one in prediction.warnings if one.code == prediction_pb2.WARNING_CODE_METADATA_IGNORED]
    assert len(ignored) == 1


async def test_sigterm_answers_an_open_stream_first() -> None:
    """Everything received is answered, the stream ends UNAVAILABLE, and the exit status is 0."""
    results: list[prediction_pb2.RecordingResult] = []
    error = None
    with ServerProcess() as server:
        async with aio.insecure_channel(server.address) as channel:
            opened = EcgServiceStub(channel).PredictStream()
            await opened.write(group([synthetic_recording()] * 400))
            try:
                async for response in opened:
                    results.extend(response.results)
                    # The first results tell that the message has been received.
                    server.process.terminate()
            except aio.AioRpcError as caught:
                error = caught
        status = server.wait()

    assert [one.sequence_number for one in results] == list(range(400))
    assert {one.WhichOneof("outcome") for one in results} == {"prediction"}
    assert error is not None
    assert (call_status(error).code, call_status(error).reason) == (grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN")
    assert status == 0
    assert "Traceback" not in "".join(server.lines)


async def test_a_keras_2_file_is_served_as_it_is() -> None:
    """A file from TensorFlow 2.15, given as a path, answers over the wire what TensorFlow 2.15 computes."""
    golden = golden_recordings(KERAS_2)
    with ServerProcess("--model", str(KERAS_2)) as server:
        async with aio.insecure_channel(server.address) as channel:
            stub = EcgServiceStub(channel)
            summary = await stub.ModelSummary(pb.ModelSummaryRequest())
            answers = [(await stub.Predict(request(one))).prediction for one in golden.messages()]
        status = server.stop()

    assert (summary.model.name, summary.model.version, summary.parameter_count) == ("keras2", "", 185_997)
    probabilities = [[one.probability for one in answer.classes] for answer in answers]
    np.testing.assert_allclose(probabilities, golden.probabilities, atol=1e-5, rtol=0)
    assert status == 0
    assert server.complaints == []


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version_tell_what_a_user_needs(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Both end with 0; help names every flag, its default and its environment variable."""
    with pytest.raises(SystemExit) as caught:
        main([flag])

    assert caught.value.code == 0
    text = capsys.readouterr().out
    if flag == "--version":
        assert re.fullmatch(r"ecg-server \d+\.\d+\.\d+\n", text)
    else:
        models = ("ensemble", "reference")
        for words in ("--model", *models, "--port", "50051", "ECG_PORT", "SIGTERM", "Not a medical device"):
            assert words in text


@pytest.mark.parametrize("flags", [["--port", "70000"], ["--port", "x"], ["--max-message-mib", "0"], ["--what"]])
def test_a_wrong_flag_is_refused(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The exit status is 2 and the message names the flag."""
    with pytest.raises(SystemExit) as caught:
        main(flags)

    assert caught.value.code == 2
    assert flags[0] in capsys.readouterr().err


def test_a_flag_can_come_from_the_environment_and_a_wrong_one_is_refused_alike(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """ECG_PORT is --port."""
    monkeypatch.setenv("ECG_PORT", "many")
    with pytest.raises(SystemExit) as caught:
        main([])

    assert caught.value.code == 2
    assert "--port" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["--model", "nowhere"], ["--tokens", "nowhere"], ["--log-file", "no/where"]])
def test_a_process_that_cannot_serve_writes_one_line_and_ends_with_1(flags: list[str]) -> None:
    """Nothing else is on standard error: no traceback, no log of gRPC's or TensorFlow's."""
    ended = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "ecg_server", "--port", "0", *flags],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ended.returncode == 1
    assert re.fullmatch(rf"ecg-server: .*{flags[1]}.+\n", ended.stderr)
