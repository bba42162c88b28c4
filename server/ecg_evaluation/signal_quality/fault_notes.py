"""What PTB-XL's table notes of faults of the signal: free text in four columns, which mostly names leads.

The rule by which leads are read, in upper case:

* ALLE or ALLES anywhere names all twelve.
* Names stand apart by commas, semicolons, full stops or spaces. A hyphen between two names names both and all between
  them in the standard order (I-AVF: the six limb leads). Question marks are left out.
* A bare digit after a chest lead names a chest lead, as in V1,3 or V4-6.
* Everything else names no lead: LEICHT, NOISY RECORDING, misspelt names. The fault is noted all the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ecg_client.formats.ptbxl_table import TABLE_NAME, naming_faults, read_lines
from ecg_evaluation.annotations import QUALITY_COLUMNS
from ecg_model.recording import LeadName

_LEADS = {name.upper(): name for name in LeadName}
_ORDER = list(LeadName)
_ALL = re.compile(r"\bALLES?\b")
_HYPHEN = re.compile(r"\s*-\s*")
_BETWEEN = re.compile(r"[\s,;.?]+")


@dataclass(frozen=True, slots=True)
class FaultNote:
    """What one column notes of one record.

    Attributes:
        column: one of `QUALITY_COLUMNS`.
        leads: the leads it names; none where it names none.
    """

    column: str
    leads: frozenset[LeadName]


def read_fault_notes(folder: Path) -> dict[int, tuple[FaultNote, ...]]:
    """Return the notes of all records, by `ecg_id`: one for each column in which anything stands.

    Raises:
        UnreadableFileError: the table cannot be read or lacks a column.
    """
    path = folder / TABLE_NAME
    with naming_faults(path):
        return {
            int(line["ecg_id"]): tuple(
                FaultNote(column, named_leads(line[column])) for column in QUALITY_COLUMNS if line[column].strip()
            )
            for line in read_lines(path)
        }


def named_leads(text: str) -> frozenset[LeadName]:
    """Return the leads that a note names."""
    text = _HYPHEN.sub("-", text.upper())
    if _ALL.search(text):
        return frozenset(LeadName)
    return frozenset(_named(piece for piece in _BETWEEN.split(text) if piece))


def _named(pieces: Iterator[str]) -> Iterator[LeadName]:
    last: LeadName | None = None
    for piece in pieces:
        first_text, hyphen, last_text = piece.partition("-")
        first = _lead(first_text, last)
        last = _lead(last_text, first) if hyphen else first
        if first and last:
            yield from _ORDER[_ORDER.index(first) : _ORDER.index(last) + 1] or (first, last)


def _lead(text: str, before: LeadName | None) -> LeadName | None:
    if text.isdigit() and before is not None and before.startswith("V"):
        text = f"V{text}"
    return _LEADS.get(text)
