import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wfdb
from grpc_health.v1.health import HealthServicer
from grpc_health.v1.health_pb2 import HealthCheckResponse

from ecg_testing.fake_service import FakeService

Ecg = Callable[..., tuple[int, str, str]]


def test_check_prints_targets_and_probabilities(ecg: Ecg, npz: Path) -> None:
    """The block that the original client printed, and nothing else on standard output."""
    code, out, err = ecg("check", npz, "--sample", 33)
    assert out == (
        "SAMPLE: id=33\n"
        "  target values: [1. 0. 0. 1. 0.]\n"
        "  prediction:\n"
        "    NORM = 0.940\n"
        "    MI   = 0.003\n"
        "    STTC = 0.012\n"
        "    CD   = 0.046\n"
        "    HYP  = 0.020\n"
    )
    assert (code, err) == (0, "Not a medical device.\n")


def test_check_of_a_sample_that_is_not_there_is_one_line(ecg: Ecg, npz: Path) -> None:
    """No traceback; it says which there are."""
    code, out, err = ecg("check", npz, "--sample", 40)
    assert (code, out) == (1, "")
    assert err == f"ecg: {npz}: there is no sample 40; give one from 0 to 39\n"


def test_stream_prints_the_first_rows_the_counts_and_the_auc(ecg: Ecg, npz: Path) -> None:
    """Unlabelled recordings and classes without an AUC are named."""
    code, out, err = ecg("stream", npz)
    assert (code, err) == (0, "")
    assert "... and 20 more (all of them: --output FILE.csv, or --json)\n40 recordings\n" in out
    assert "AUC over" in out
    assert re.search(r"labelled recordings \(\d+ without a label left out\)", out)
    assert "left out: HYP" in out
    assert re.search(r"^  MI   1\.000$", out, re.MULTILINE)
    assert re.search(r"^macro-AUC 0\.\d\d\d$", out, re.MULTILINE)
    assert "\nAbstained: 1, where the service does not stand by its findings\n" in out
    assert out.count(" (abstained) ") == 1
    assert out.count("Not a medical device.") == 1
    assert "\x1b" not in out


def test_stream_writes_json_lines_for_programs(ecg: Ecg, npz: Path) -> None:
    """One object for each recording on standard output; the figures for people go to standard error."""
    code, out, err = ecg("stream", npz, "--limit", 2, "--json")
    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert (first["recording_id"], second["recording_id"], first["error"]) == ("0", "1", None)
    assert [entry["code"] for entry in first["prediction"]["classes"]] == ["NORM", "MI", "STTC", "CD", "HYP"]
    assert first["prediction"]["model"]["name"] == "fake"
    assert first["prediction"]["warnings"][0]["code"] == "METADATA_IMPUTED"
    assert "macro-AUC" in err or "left out" in err


def test_stream_sends_synthetic_recordings_and_says_so(ecg: Ecg, service: FakeService) -> None:
    """All over one connection."""
    code, out, _ = ecg("stream", "--synthetic", 6)
    assert code == 0
    assert "synthetic-0000-normal" in out
    assert "Synthetic, made up by this program: 6" in out
    assert "AUC" not in out
    assert service.received_count == 6


def test_json_lines_are_all_there_are(ecg: Ecg, npz: Path) -> None:
    """None of more than twenty is left out, and nothing says so."""
    _, out, err = ecg("stream", npz, "--json")
    assert len(out.splitlines()) == 40
    assert "more" not in err
    assert "40 recordings" in err


@pytest.mark.parametrize("command", ["check", "stream"])
def test_help_tells_the_layout_of_an_npz_file(ecg: Ecg, command: str) -> None:
    """Columns, codes and units, so that a user can write one; arguments are named without Python's types."""
    code, out, _ = ecg(command, "--help")
    assert code == 0
    assert re.search(r"X_test \(n, 7\) +metadata: age in years, sex \(0 male, 1 female\), height", out)
    assert re.search(r"Y_test \(n, 1000, 12\) +signals in mV at 100 Hz", out)
    assert re.search(r"Z_test \(n, 5\) +targets, 0 or 1: NORM, MI, STTC, CD, HYP \(optional\)", out)
    assert not re.search(r"<[a-z]", out)


def test_help_says_where_metadata_comes_from(ecg: Ecg) -> None:
    """A user of single files learns why everything is unknown; the codes of the exit status are in the main help."""
    _, out, _ = ecg("predict", "--help")
    assert "give the PTB-XL folder to use its table" in " ".join(out.split())
    assert not re.search(r"<[a-z]", out)
    _, out, _ = ecg("--help")
    assert "130 interrupted with Ctrl-C 141" in " ".join(out.split())


def test_nothing_to_stream_is_a_usage_error(ecg: Ecg) -> None:
    """It says what to give."""
    code, _, err = ecg("stream")
    assert code == 2
    assert "--synthetic N" in err


def test_predict_prints_each_recording_in_full(ecg: Ecg, ptbxl_small: Path) -> None:
    """Probability, threshold, finding and warnings of real WFDB records."""
    first, second = sorted(ptbxl_small.rglob("*_lr.hea"))[:2]
    code, out, _ = ecg("predict", first, second.with_suffix(""), ptbxl_small / "gone")
    assert code == 1
    assert f"{first.stem} (model fake 1.0.0, operating point half)" in out
    assert "  uncertainty 0.250 (0: sure of every class, 1: of none)\n" in out
    assert "ABSTAINED" not in out
    assert second.stem in out
    assert "threshold 0.500" in out
    assert "  unknown, so the network was given: age_years 60 year\n" in out
    assert "UNREADABLE_FILE: there is no such file" in out
    assert out.count("Not a medical device.") == 1


def test_predict_says_what_the_service_does_not_stand_by(ecg: Ecg, npz: Path) -> None:
    """In a sentence below the classes, and below that why."""
    code, out, _ = ecg("predict", npz)
    assert code == 0
    assert (
        "  uncertainty 0.750 (0: sure of every class, 1: of none)\n"
        "  ABSTAINED: the service does not stand by these findings; count the recording as not classified\n"
        "    the network is unsure: the uncertainty is above 0.5\n"
        "    lead aVF is odd\n"
    ) in out
    assert out.count("ABSTAINED") == 1


def test_windows_are_shown_to_those_who_ask(ecg: Ecg, npz: Path) -> None:
    """Below each recording a line for each window, with its offset; one that was left out says so."""
    code, out, _ = ecg("predict", npz, "--windows")
    assert code == 0
    assert (
        "  windows        NORM     MI   STTC     CD    HYP\n"
        "    from 0.0 s  0.940  0.003  0.012  0.046  0.020\n"
        "    from 5.0 s      -      -      -      -      -  left out\n"
    ) in out
    _, out, _ = ecg("stream", npz, "--limit", 2, "--windows")
    lines = out.splitlines()
    assert [line.split("  ")[0] for line in lines[1:7:3]] == ["0", "1"]
    assert [line.split()[:3] for line in lines[2:4]] == [["from", "0.0", "s"], ["from", "5.0", "s"]]
    assert lines[2].split()[3:] == lines[1].split()[1:6]
    assert "from" not in ecg("predict", npz)[1]


def test_windows_are_in_the_json_of_those_who_ask(ecg: Ecg, npz: Path) -> None:
    """By class; null where a window was left out."""
    for command in ("predict", "stream"):
        _, out, _ = ecg(command, npz, "--json", "--windows")
        prediction = json.loads(out.splitlines()[33])["prediction"]
        first, second = prediction["windows"]
        assert first["probabilities"] == {entry["code"]: entry["probability"] for entry in prediction["classes"]}
        assert second == {"offset_seconds": 5.0, "probabilities": None}
        assert json.loads(ecg(command, npz, "--json")[1].splitlines()[0])["prediction"]["windows"] == []


def test_what_a_reader_left_out_is_said(ecg: Ecg, tmp_path: Path) -> None:
    """Below the recording, at the end of a stream, and in the JSON."""
    for name in ("a", "b"):
        wfdb.wrsamp(
            name, fs=250, units=["mV"] * 6, sig_name=["I", "II", "V1", "V2", "V3", "PLETH"], fmt=["16"] * 6,
            p_signal=np.random.default_rng(0).random((2500, 6)), write_dir=str(tmp_path),
        )  # fmt: skip
    remark = "channels left out, for they are none of the twelve leads: PLETH"
    assert f"\n  {remark}\n" in ecg("predict", tmp_path / "a")[1]
    assert f"\nIn 2 recordings: {remark}\n" in ecg("stream", tmp_path)[1]
    assert json.loads(ecg("predict", tmp_path / "a", "--json")[1])["remarks"] == [remark]


def test_what_no_message_can_hold_is_a_problem_of_its_own(ecg: Ecg, tmp_path: Path, service: FakeService) -> None:
    """It is not sent, and the others of a stream are answered."""
    np.savez(tmp_path / "day.npz", X_test=np.zeros((1, 7)), Y_test=np.zeros((1, 1_400_000, 12), dtype=np.float32))
    for command in ("predict", "stream"):
        code, out, _ = ecg(command, tmp_path / "day.npz", "--json")
        assert code == 1
        assert json.loads(out)["error"]["reason"] == "RECORDING_TOO_LARGE"
        assert "cut it into pieces" in json.loads(out)["error"]["message"]
    code, out, _ = ecg("stream", "--synthetic", 2, tmp_path / "day.npz", "--json")
    assert [json.loads(line)["error"] is None for line in out.splitlines()] == [True, True, False]
    assert service.received_count == 2


def test_predict_writes_json_lines_too(ecg: Ecg, npz: Path) -> None:
    """With nothing else on standard output; how far an answer can be relied on is in them."""
    _, out, _ = ecg("predict", npz, "--json")
    first, second, *others = [json.loads(line)["prediction"] for line in out.splitlines()]
    assert len(others) == 38
    assert (first["operating_point"], first["uncertainty"], first["abstentions"]) == ("half", 0.25, [])
    assert second["uncertainty"] == 0.75
    assert second["abstentions"][1] == {"reason": "UNFAMILIAR", "lead": "AVF", "message": "lead aVF is odd"}


def test_summary_prints_the_layers_and_all_there_is_to_know(ecg: Ecg) -> None:
    """In Keras's words, and below them the model, its input, its thresholds and its quality."""
    code, out, _ = ecg("summary")
    assert code == 0
    assert out.startswith(
        "Layer (type)   Output Shape  Param #  Connected to\n"
        "dense (Dense)  (None, 5)          42  input\n\n"
        "  Total params: 42\n\n"
        "Model          fake 1.0.0\n"
    )
    assert "\nInput          1000 samples of 12 leads at 100 Hz\nMetadata used  age_years\n" in out
    assert re.search(
        r"^Recordings +50 to 2000 Hz, 2.5 to 600 s, with at least the leads I, II, V1, V2$", out, re.MULTILINE
    )
    assert (
        "\nOperating point   NORM     MI   STTC     CD    HYP\n"
        "half (active)    0.500  0.500  0.500  0.500  0.500\n"
        "eager            0.125  0.125  0.125  0.125  0.125\n\n"
        "half   0.5 for every class\n"
    ) in out
    assert (
        "\nQuality      all  NORM  MI  STTC  CD  HYP\n"
        "macro_auc  0.925     -   -     -   -    -\n\n"
        "measured on  fold 9\n"
    ) in out
    assert re.search(r"^Abstains +above an uncertainty of 0\.500$", out, re.MULTILINE)
    assert "\x1b" not in out
    assert "familiar" not in out


def test_summary_in_json_has_what_keras_prints(ecg: Ecg) -> None:
    """And everything else, with its units in the names."""
    _, out, _ = ecg("summary", "--json")
    assert json.loads(out)["summary_text"] == "Total params: 42\n"
    assert json.loads(out)["parameter_count"] == 42
    assert json.loads(out)["input"]["lead_names"][3] == "AVR"
    assert json.loads(out)["input"]["required_lead_names"] == ["I", "II", "V1", "V2"]
    assert json.loads(out)["limits"]["max_duration_seconds"] == 600
    assert json.loads(out)["operating_points"][1]["thresholds"]["MI"] == 0.125
    assert json.loads(out)["greatest_uncertainty"] == 0.5


def test_health_is_the_exit_code(ecg: Ecg, health_servicer: HealthServicer) -> None:
    """0 while serving; 1 while not, though the process is alive; 3 where nothing answers."""
    assert ecg("health") == (0, "SERVING\n", "")
    health_servicer.set("ecg.v1.EcgService", HealthCheckResponse.NOT_SERVING)
    assert ecg("health") == (1, "NOT_SERVING\n", "")
    assert ecg("health", "--address", "127.0.0.1:1")[0] == 3


def test_the_module_runs_as_a_program(address: str) -> None:
    """A real process: synthetic recordings in, a table out."""
    command = [sys.executable, "-m", "ecg_client.cli", "stream", "--synthetic", "3", "--address", address]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - our own
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "3 recordings" in finished.stdout


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_one_line_says_what_to_install(missing: str) -> None:
    """The base install has the command, but not what it needs."""
    code = f"import sys; sys.modules[{missing!r}] = None; from ecg_client.cli.__main__ import main; main([])"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - our own
    assert finished.returncode == 2
    assert finished.stderr == 'ecg: The command line needs: pip install "ecg-classifier[cli]"\n'
