"""`ecg evaluate`, against the fake service, whose probabilities are the first samples of the leads."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ecg_testing.fake_service import FakeService
from ecg_testing.processes import ServerProcess
from ecg_testing.ptbxl_folder import write_ptbxl_folder

Ecg = Callable[..., tuple[int, str, str]]

LEADS = "I,II,III,aVR,aVL,aVF,V1,V2,V3,V4,V5,V6"


def _write(path: Path, norm: float, mi: float) -> None:
    path.parent.mkdir(exist_ok=True)
    rest = ",0" * 10
    path.write_text(f"# fs: 100\n# unit: mV\n{LEADS}\n{norm},{mi}{rest}\n" + f"0,0{rest}\n" * 299)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recordings: of MI all are right, of NORM one of two pairs."""
    for name, norm, mi in (("a", 0.9, 0.1), ("b", 0.3, 0.6), ("c", 0.4, 0.7)):
        _write(tmp_path / "in" / f"{name}.csv", norm, mi)
    return tmp_path / "in"


def test_evaluate_prints_the_figures_of_each_class(ecg: Ecg, npz: Path, service: FakeService) -> None:
    """Where the labels say what the probabilities say, all is 1; recordings without a label are not sent."""
    labels = np.load(npz)["Z_test"]
    code, out, err = ecg("evaluate", npz)
    unlabelled = int((labels.sum(axis=1) == 0).sum())
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Model fake 1.0.0, operating point half"
    assert lines[1] == f"{40 - unlabelled} of 40 recordings evaluated"
    assert lines[2] == f"Without a label, left out: {unlabelled}"
    assert lines[3] == "The service abstains from 1; the first table has it, the second has not"
    mi, mi_decided = (line.split() for line in lines if line.startswith("MI"))
    assert [mi[1], mi_decided[1]] == [str(40 - unlabelled), str(40 - unlabelled - 1)]
    assert mi[1:] == [str(40 - unlabelled), str(labels[:, 1].sum()), "1.000", "(1.000-1.000)", *["1.000"] * 5, "0.500"]
    # All of its labels are 0: nothing can be told of how well it is found.
    hyp = next(line for line in lines if line.startswith("HYP")).split()
    assert hyp[2:6] == ["0", "-", "-", "-"]
    assert lines[-1] == "Not a medical device."
    assert service.received_count == 40 - unlabelled


def test_labels_of_a_table_are_used_as_they_are_written(ecg: Ecg, folder: Path) -> None:
    """A recording that shows nothing counts, a class that is unknown does not; lines about others are told."""
    table = folder.parent / "labels.csv"
    table.write_text("file,NORM,MI\na.csv,0,0\nb.csv,0,1\nc.csv,1,\ngone.csv,1,1\n")
    code, out, _ = ecg("evaluate", folder, "--labels", table, "--json")
    answer = json.loads(out)
    norm, mi, macro = answer["classes"]
    assert code == 0
    assert (answer["recordings"], answer["evaluated"], answer["unmatched_labels"]) == (3, 3, 1)
    assert (norm["code"], norm["count"], norm["positive_count"], norm["auc"]["value"]) == ("NORM", 3, 1, 0.5)
    assert (mi["code"], mi["count"], mi["positive_count"], mi["auc"]["value"]) == ("MI", 2, 1, 1.0)
    assert (macro["code"], macro["auc"]["value"]) == ("macro", 0.75)
    assert (norm["sensitivity"]["value"], norm["specificity"]["value"]) == (0, 0.5)
    assert answer["models"][0]["operating_point"] == "half"


def test_what_cannot_be_read_is_told_and_counted(ecg: Ecg, folder: Path) -> None:
    """The others are measured."""
    (folder / "broken.edf").write_bytes(b"0       ")
    table = folder.parent / "labels.csv"
    table.write_text("id,MI\na,0\nb,1\n")
    code, out, err = ecg("evaluate", folder, "--labels", table)
    assert code == 1
    assert f"ecg: {folder / 'broken.edf'}: UNREADABLE_FILE: " in err
    assert "2 of 4 recordings evaluated\nWithout a label, left out: 1\n" in out
    assert "Could not be read, or were refused: 1\n" in out


@pytest.mark.parametrize(
    ("labels", "remedy"),
    [
        (None, "no recording has a label; give --labels"),
        ("id,MI\nz,1\n", "no recording has a label; in --labels, the first would be a"),
        ("MI\n1\n", "labels.csv: 0 of its columns are called recording_id"),
        ("id,MI\na,1\n", "--labels: several recordings are called a; rename"),
    ],
)
def test_without_labels_that_are_sure_there_are_no_figures(
    ecg: Ecg, folder: Path, labels: str | None, remedy: str
) -> None:
    """As a usage error."""
    _write(folder / "deeper" / "a.csv", 0.5, 0.5)
    arguments: list[object] = []
    if labels is not None:
        (folder.parent / "labels.csv").write_text(labels)
        arguments = ["--labels", folder.parent / "labels.csv"]
    code, out, err = ecg("evaluate", folder, *arguments)
    assert (code, out) == (2, "")
    assert remedy in " ".join(err.replace("│", " ").split())


def test_broken_files_among_recordings_without_labels_do_not_hide_that_there_are_none(ecg: Ecg, folder: Path) -> None:
    """As a usage error, too, after what is wrong with them was told."""
    (folder / "broken.edf").write_bytes(b"0       ")
    code, out, err = ecg("evaluate", folder)
    assert (code, out) == (2, "")
    assert "UNREADABLE_FILE" in err
    assert "no recording has a label; give --labels" in " ".join(err.replace("│", " ").split())


def test_a_ptbxl_folder_is_measured_by_the_server_that_ships(
    ecg: Ecg, tmp_path: Path, default_server: ServerProcess
) -> None:
    """One fold of it; the figures of made-up ECGs say nothing but that the labels arrive."""
    folder = write_ptbxl_folder(tmp_path / "ptbxl", count=20)
    code, out, _ = ecg("evaluate", folder, "--fold", 1, "--json", "--address", default_server.address)
    answer = json.loads(out)
    assert (code, answer["recordings"], answer["evaluated"]) == (0, 5, 5)
    assert [one["positive_count"] for one in answer["classes"]] == [1, 1, 1, 1, 1, 5]
    assert answer["models"][0]["name"] == "ensemble"
    assert all(0 < one["threshold"] < 1 for one in answer["classes"][:-1])
