import json
import re
from collections.abc import Callable
from pathlib import Path

import grpc
import numpy as np
import pytest

from ecg_testing.fake_service import FakeService

Ecg = Callable[..., tuple[int, str, str]]


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """A recording with the findings MI and HYP, whose leads I, II and III say 0.25, 0.75 and -0.5 for each class."""
    signals = np.zeros((1, 1000, 12))
    signals[0, 0, :5] = (0.25, 0.75, -0.5, 0.0, 0.5)
    np.savez(tmp_path / "one.npz", X_test=np.array([[61.0, 0, 0, 0, 0, 0, 0]]), Y_test=signals)
    return tmp_path / "one.npz"


def test_explain_ranks_what_speaks_for_the_findings(ecg: Ecg, one: Path) -> None:
    """The most probable finding first; in it the leads, the six half seconds that say most, and metadata."""
    code, out, err = ecg("explain", one)

    assert (code, err) == (0, "")
    assert re.findall("What speaks for (.*)", out) == ["MI (mi, 0.750)", "HYP (hyp, 0.500)"]
    rows = re.findall(
        r"^  (lead|time|metadata) +(.*?) {2,}([+-]\S+)", out.partition("What speaks for HYP")[0], re.MULTILINE
    )
    assert rows[:4] == [
        ("lead", "II", "+0.750"),
        ("lead", "aVL", "+0.500"),
        ("lead", "I", "+0.250"),
        ("lead", "aVR", "+0.000"),
    ]
    assert rows[11] == ("lead", "III", "-0.500")
    assert [name for kind, name, _ in rows if kind == "time"] == [
        f"{start:.1f} to {start + 0.5:.1f} s" for start in (9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
    ]
    assert rows[-1] == ("metadata", "age_years", "+0.250")
    assert "By occlusion: how much lower the probability would be without it" in out
    assert "Not a medical device." in out


def test_a_bar_is_as_long_as_what_it_says(ecg: Ecg, one: Path) -> None:
    """Full for the class, hollow against it."""
    _, out, _ = ecg("explain", one, "--class", "MI")
    bars = dict(re.findall(r"^  lead +(\S+) +\S+ +([█░]+)$", out, re.MULTILINE))
    assert bars == {"II": "█" * 20, "aVL": "█" * 13, "I": "█" * 7, "III": "░" * 13}


def test_where_hardly_anything_changes_no_bar_is_long(ecg: Ecg, one: Path, tmp_path: Path) -> None:
    """A full bar is a hundredth at least; that nothing reaches it is said."""
    table = {lead: np.zeros(100) for lead in ("I", "II", "III", "aVR", "aVL", "aVF", *(f"V{n}" for n in range(1, 7)))}
    table["II"][0] = 0.003
    lines = [",".join(table), *(",".join(map(str, row)) for row in zip(*table.values(), strict=True))]
    (tmp_path / "flat.csv").write_text("\n".join(lines))
    _, out, err = ecg("explain", tmp_path / "flat.csv", "--sample-rate", "100", "--unit", "mV", "--class", "CD")
    bars = dict(re.findall(r"^  lead +(\S+) +\S+ +([█░]+)$", out, re.MULTILINE))

    assert (bars, err) == ({"II": "█" * 6}, "")
    assert "Nothing by itself makes a difference of 0.01 to CD." in out
    assert "Nothing by itself" not in ecg("explain", one)[1]


def test_classes_can_be_chosen(ecg: Ecg, one: Path) -> None:
    """Whether they are findings or not."""
    _, out, _ = ecg("explain", one, "--class", "CD", "--class", "NORM")
    assert re.findall(r"What speaks for (\w+)", out) == ["NORM", "CD"]


def test_without_findings_the_most_probable_class_is_explained(ecg: Ecg, tmp_path: Path) -> None:
    """One has to be."""
    signals = np.zeros((1, 1000, 12))
    signals[0, 0, :5] = (0.1, 0.2, 0.3, 0.4, 0.1)
    np.savez(tmp_path / "none.npz", X_test=np.zeros((1, 7)), Y_test=signals)
    _, out, _ = ecg("explain", tmp_path / "none.npz")
    assert re.findall(r"What speaks for (\w+)", out) == ["CD"]


def test_explain_draws_the_shade(ecg: Ecg, one: Path, tmp_path: Path) -> None:
    """Of the first class that is shown; prints where the picture is."""
    code, out, _ = ecg("explain", one, "-o", tmp_path / "why.svg")
    svg = (tmp_path / "why.svg").read_text()

    assert (code, out.splitlines()[-1]) == (0, str(tmp_path / "why.svg"))
    assert 'id="shade"' in svg
    assert "Shade: orange speaks for MI, blue against it; darkest: +0.111 (II, 9.5 s)" in re.findall(
        "<!-- (.*) -->", svg
    )


def test_explain_as_json(ecg: Ecg, one: Path, tmp_path: Path) -> None:
    """All classes, in one object; with a picture, where that is goes to standard error."""
    code, out, err = ecg("explain", one, "--json", "-o", tmp_path / "why.svg")
    explained = json.loads(out)

    assert (code, err) == (0, f"{tmp_path / 'why.svg'}\n")
    assert [entry["code"] for entry in explained["classes"]] == ["NORM", "MI", "STTC", "CD", "HYP"]
    assert explained["classes"][0]["leads"][3]["lead"] == "AVR"
    assert explained["prediction"]["model"]["name"] == "fake"
    assert explained["method"] == "OCCLUSION"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--class", "XYZ"], 1, "ecg: the model has no class of this code"),
        (["--method", "integrated-gradients"], 3, "this server's runtime tells no gradients"),
        (["--method", "guessing"], 2, "occlusion"),
        (["--window", "-1"], 2, "--window"),
        (["--output", "a.gif"], 2, ".svg, .png or .pdf"),
        (["--from", "10", "--output", "a.svg"], 2, "lasts 10 s; give less"),
        (["--model-version", "9.9.9"], 3, "NOT_FOUND"),
    ],
)
def test_explain_says_what_is_wrong(  # noqa: PLR0913, PLR0917 - fixtures
    ecg: Ecg,
    one: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    """With the exit codes of the other commands, and no picture left behind."""
    monkeypatch.chdir(tmp_path)
    found, out, err = ecg("explain", one, *arguments)

    assert (found, out) == (code, "")
    assert words in " ".join(err.replace("│", " ").split())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.npz"]


def test_a_recording_that_is_refused(ecg: Ecg, one: Path, service: FakeService) -> None:
    """Exit code 1, as of the other commands."""
    service.failures.append(grpc.StatusCode.INVALID_ARGUMENT)
    code, out, err = ecg("explain", one)
    assert (code, out, err) == (1, "", "ecg: as the test wants it\n")


def test_explain_needs_a_file(ecg: Ecg) -> None:
    """There is nothing else to explain."""
    code, _, err = ecg("explain")
    assert code == 2
    assert "give a file" in err
