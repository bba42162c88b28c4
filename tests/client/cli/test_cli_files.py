"""The command line and the files that it is given."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ecg_testing.ecg_files import made_up_microvolts
from ecg_testing.ecg_files.every import EVERY_FILE
from ecg_testing.ecg_files.tables import write_csv, write_npy

Ecg = Callable[..., tuple[int, str, str]]


def test_a_folder_of_every_format_is_streamed(ecg: Ecg, tmp_path: Path) -> None:
    """A line for each file; one for a broken one, with the reason; none for what is no recording."""
    for number, file in enumerate(EVERY_FILE):
        (tmp_path / str(number)).mkdir()
        file.write(tmp_path / str(number) / file.name, made_up_microvolts())
    (tmp_path / "broken.dcm").write_bytes(b"nothing of the kind")
    (tmp_path / "README.md").write_text("hello")

    code, out, _ = ecg("stream", tmp_path, "--json", "--sample-rate", 500, "--unit", "uV")

    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert len(lines) == len(EVERY_FILE) + 1
    (broken,) = [line for line in lines if "broken.dcm" in str(line)]
    assert "damaged or cut short" in str(broken)


def test_what_a_file_does_not_say_is_told(ecg: Ecg, tmp_path: Path) -> None:
    """An array says neither its unit nor its rate; the error says which options do."""
    write_npy(tmp_path / "a.npy", made_up_microvolts())
    code, out, _ = ecg("predict", tmp_path / "a.npy")
    assert code == 1
    assert "--unit" in out
    code, out, _ = ecg("predict", tmp_path / "a.npy", "--unit", "uV", "--sample-rate", 500, "--json")
    assert (code, json.loads(out)["recording_id"]) == (0, "a")


def test_standard_input_is_a_file(ecg: Ecg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its content tells what it is."""
    write_csv(tmp_path / "a.csv", made_up_microvolts())
    content = (tmp_path / "a.csv").read_bytes()
    for command in ("predict", "stream"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        code, out, _ = ecg(command, "-", "--json")
        assert (code, json.loads(out)["recording_id"]) == (0, "stdin")
