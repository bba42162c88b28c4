import dataclasses

import numpy as np

from ecg_client import LeadName, PredictionWarning
from ecg_client.plotting.remarks import lead_remarks, masked_leads, most_telling, note_lines, one_line, wrapped
from ecg_client.plotting.traces import Trace
from ecg_testing.pages import ABSTAINED, PREDICTION


def test_warnings_are_said_of_the_lead_they_concern() -> None:
    """All of one lead together, in few words; those of the whole recording of none; an unknown kind by its code."""
    newer = PredictionWarning("SIGNAL_UPSIDE_DOWN", LeadName.AVL, "lead aVL is upside down", None, "")
    warnings = (*PREDICTION.warnings, newer)
    assert lead_remarks(warnings, {}) == {LeadName.V3: ("noisy", "masked"), LeadName.AVL: ("upside down",)}
    assert masked_leads(warnings) == {LeadName.V3}


def test_what_was_drawn_otherwise_is_said_once() -> None:
    """A lead that was derived here, and of which the service says that it derived it."""
    warning = PredictionWarning("LEAD_DERIVED", LeadName.III, "derived from I and II", None, "")
    trace = Trace(np.zeros(1), 100.0, offset_mv=-2.0, is_derived=True)
    remarks = lead_remarks([warning], {LeadName.III: trace})
    assert remarks == {LeadName.III: ("derived", "drawn without its offset of \N{MINUS SIGN}2.0 mV")}


def test_reasons_to_abstain_come_before_warnings_and_remarks() -> None:
    """Of the warnings, those of the whole recording come first."""
    lines = note_lines(ABSTAINED, ["left out channel RESP"])
    beginnings = ["the network is unsure", "RESAMPLED", "SIGNAL_NOISE", "SIGNAL_LEAD_MASKED", "left out"]
    assert len(lines) == len(beginnings)
    assert all(line.startswith(begin) for line, begin in zip(lines, beginnings, strict=True))


def test_notes_that_find_no_room_are_counted() -> None:
    """A note is whole or not there."""
    assert wrapped(["one two three", "four"], width=8, most=3) == ["one two", "   three", "four"]
    assert wrapped(["one two three", "four", "five"], width=8, most=3) == [
        "one two",
        "   three",
        "… and 2 more (ecg predict tells them)",
    ]
    assert wrapped([], width=8, most=3) == []


def test_of_many_classes_findings_are_kept_first() -> None:
    """In the model's order."""
    many = [dataclasses.replace(PREDICTION.classes[0], code=f"C{n}", probability=n / 10) for n in range(5)]
    many[0] = dataclasses.replace(many[0], is_positive=True)
    assert [entry.code for entry in most_telling(tuple(many), 3)] == ["C0", "C3", "C4"]


def test_an_id_is_drawn_on_one_line() -> None:
    """Line breaks, control characters and what turns the direction of writing are not drawn."""
    assert one_line("a\nb\x1b[31m\u202ec", 20) == "a\ufffdb\ufffd[31m\ufffdc"
    assert one_line("0123456789", 5) == "0123…"
