"""Reading leads from PTB-XL's free text."""

from pathlib import Path

import pytest

from ecg_client.errors import UnreadableFileError
from ecg_evaluation.signal_quality.fault_notes import FaultNote, named_leads, read_fault_notes
from ecg_model.recording import LeadName

LIMB = "I II III aVR aVL aVF"
CHEST = "V1 V2 V3 V4 V5 V6"


@pytest.mark.parametrize(
    ("note", "leads"),
    [
        (", V6", "V6"),
        ("v6,", "V6"),
        (" , I-V1,  ", f"{LIMB} V1"),
        (", I-AVF, noisy recording,", LIMB),
        (", I - AVR,", "I II III aVR"),
        (", alles,", f"{LIMB} {CHEST}"),
        ("alle Abl.,", f"{LIMB} {CHEST}"),
        (", v1-6", CHEST),
        ("V1,4,5,6", "V1 V4 V5 V6"),
        ("v2,4", "V2 V4"),
        ("v4, v5", "V4 V5"),
        (", I,II,AVL,AVR;V5,V6", "I II aVR aVL V5 V6"),
        (", I.II,", "I II"),
        (", III,AVL-V2,", "III aVL aVF V1 V2"),
        (", II,III, V3 - V5", "II III V3 V4 V5"),
        ("V1???", "V1"),
        ("Kontaktprobleme aVL ???", "aVL"),
        ("I stark,  ,", "I"),
        # Written backwards: both ends, and nothing is guessed of what lies between.
        (", avl-iii, Stark,", "III aVL"),
    ],
)
def test_the_leads_that_a_note_names_are_read(note: str, leads: str) -> None:
    """Ranges, lists, bare digits and all."""
    assert named_leads(note) == {LeadName(name) for name in leads.split()}


@pytest.mark.parametrize("note", ["", ", leicht,", "noisy recording", ", 2,", ", I-ALF,", "pace", ", V7", ", 3ES,"])
def test_what_names_no_lead_is_not_guessed(note: str) -> None:
    """Severity, misspelt names, digits without a chest lead before them."""
    assert named_leads(note) == frozenset()


def test_every_filled_column_is_a_note(annotated_folder: Path) -> None:
    """Whether it names leads or not; blanks are none."""
    notes = read_fault_notes(annotated_folder)

    assert notes[1] == (
        FaultNote("baseline_drift", frozenset({LeadName.V6})),
        FaultNote("burst_noise", frozenset(LeadName)),
    )
    assert notes[2] == ()
    assert len(notes) == 91


def test_a_table_without_the_columns_is_named(tmp_path: Path) -> None:
    """The file and the column."""
    (tmp_path / "ptbxl_database.csv").write_text("ecg_id\n1\n", encoding="utf-8")

    with pytest.raises(UnreadableFileError, match=r"ptbxl_database\.csv.*baseline_drift"):
        read_fault_notes(tmp_path)
