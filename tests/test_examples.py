"""The requests in JSON of examples/, and what makes them of anyone's recordings."""

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import json_format

from ecg.v1 import ecg_service_pb2 as pb
from ecg_client.convert import recording_to_proto
from ecg_client.formats.synthetic import generate_recordings
from ecg_server.recording_conversion import recording_from_proto
from ecg_testing.documented import ROOT

EXAMPLES = ROOT / "examples"
# Four seconds of eight leads.
TABLE = "# sample_rate_hz: 500\n# unit: uV\nI,II,V1,V2,V3,V4,V5,V6\n" + "10,20,-30,40,50,60,70,80\n" * 2000

Printed = Callable[..., str]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """What `make_predict_json.py` prints when it is given arguments."""
    main = runpy.run_path(str(EXAMPLES / "make_predict_json.py"))["main"]

    def run(*arguments: str | Path) -> str:
        main([str(argument) for argument in arguments])
        return capsys.readouterr().out

    return run


def read_request(text: str) -> pb.PredictRequest:
    """Return the request that a text in JSON is."""
    return json_format.Parse(text, pb.PredictRequest())


def test_both_forms_hold_the_same_recording() -> None:
    """Bit for bit, as the server reads them; twelve leads of a thousand samples."""
    readable, packed = (
        recording_from_proto(read_request((EXAMPLES / name).read_text(encoding="utf-8")).recording)
        for name in ("predict.json", "predict_packed.json")
    )

    assert readable.signal.shape == (1000, 12)
    np.testing.assert_array_equal(readable.signal, packed.signal)
    assert (readable.lead_names, readable.metadata) == (packed.lead_names, packed.metadata)


def test_the_examples_are_what_their_maker_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the last digits of samples, which are the machine's."""
    monkeypatch.syspath_prepend(EXAMPLES)
    requests = runpy.run_path(str(EXAMPLES / "make_examples.py"))["requests"]()
    written = read_request((EXAMPLES / "predict.json").read_text(encoding="utf-8"))

    assert set(requests) == {path.name for path in EXAMPLES.glob("*.json")}
    for made, kept in zip(requests["predict.json"][0].recording.leads, written.recording.leads, strict=True):
        assert made.millivolts == pytest.approx(kept.millivolts, abs=0.0015)


@pytest.mark.parametrize("form", ["packed", "leads"])
def test_a_file_becomes_a_request(printed: Printed, tmp_path: Path, form: str) -> None:
    """Of any format, in either form: the server reads what is in the file."""
    path = tmp_path / "ward.csv"
    path.write_text(TABLE, encoding="utf-8")
    request = read_request(printed(path, *(["--leads"] if form == "leads" else [])))

    assert bool(request.recording.leads) == (form == "leads")
    assert request.recording.recording_id == "ward"
    recording = recording_from_proto(request.recording)
    assert recording.sample_rate_hz == 500
    assert [name.name for name in recording.lead_names] == ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"]
    expected = np.float32([0.01, 0.02, -0.03, 0.04, 0.05, 0.06, 0.07, 0.08])
    np.testing.assert_array_equal(recording.signal, np.tile(expected, (2000, 1)))


def test_recordings_become_a_stream(printed: Printed) -> None:
    """So many to a message, the last with what is left; one message after the other."""
    text, decoder, messages = printed("--synthetic", "5", "--stream", "--group", "2"), json.JSONDecoder(), []
    while text.strip():
        message, end = decoder.raw_decode(text.lstrip())
        messages.append(json_format.ParseDict(message, pb.PredictStreamRequest()))
        text = text.lstrip()[end:]

    assert [len(message.recordings) for message in messages] == [2, 2, 1]
    sent = [recording for message in messages for recording in message.recordings]
    assert sent == [recording_to_proto(recording) for recording in generate_recordings(5)]


def test_what_cannot_be_printed_is_told(printed: Printed, tmp_path: Path) -> None:
    """In a line that says what to do; the exit status is not 0."""
    with pytest.raises(SystemExit, match="add --stream"):
        printed("--synthetic", "2")
    with pytest.raises(SystemExit, match="there is no such file"):
        printed(tmp_path / "nothing.csv")
    with pytest.raises(SystemExit, match="2"):
        printed()
