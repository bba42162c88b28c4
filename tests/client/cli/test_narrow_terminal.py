"""The table of `ecg stream` on a narrow terminal."""

import io

import pytest
from rich.console import Console

from ecg_client.cli.rendering import findings_table
from ecg_client.outcomes import Outcome, Problem
from ecg_client.prediction import ClassPrediction, ModelVersion, Prediction

CODES = ("NORM", "MI", "STTC", "CD", "HYP")
WORDS = "it does not say the unit of its leads; give --unit"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_word_is_cut_off(width: int) -> None:
    """Names and findings take more lines instead."""
    classes = tuple(ClassPrediction(code, code, 0.5, 0.4, is_positive=True) for code in CODES)
    answered = Prediction("", classes, ModelVersion("fake", "1.0.0", ""), warnings=())
    outcomes = [
        Outcome("mixed/wfdb/with/a/rather/long/name.hea", answered),
        Outcome("mixed/and/another/one/00077_hr.mat", problem=Problem("UNREADABLE_FILE", WORDS)),
    ]
    console = Console(file=io.StringIO(), force_terminal=True, color_system=None, width=width)
    console.print(findings_table(outcomes))
    printed = console.file.getvalue()  # type: ignore[attr-defined] # it is the StringIO from above
    lines = [line.rstrip() for line in printed.splitlines()]
    assert max(map(len, lines)) <= width
    names, findings = lines[0].index("NORM") - 1, lines[0].index("Findings")
    assert "00077_hr.mat" in "".join(line[:names].strip() for line in lines[1:])
    # A long word may be parted.
    said = "".join(line[findings:].replace(" ", "") for line in lines[1:])
    assert WORDS.replace(" ", "") in said
    assert "NORM,MI,STTC,CD,HYP" in said
