"""Records of PTB-XL, labelled or not, with the faults that are noted of them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ecg_client.formats.ptbxl import PtbxlRow, read_signal_int16, read_table
from ecg_evaluation.arrays import Flags, Integers
from ecg_evaluation.signal_quality.fault_notes import FaultNote, read_fault_notes
from ecg_model.recording import FloatArray, LeadName

_MILLIVOLTS_PER_UNIT = np.float32(1e-3)


@dataclass(frozen=True, slots=True)
class Records:
    """Some records.

    Attributes:
        folder: where they are.
        rows: of the table.
        notes: of each row.
    """

    folder: Path
    rows: tuple[PtbxlRow, ...]
    notes: tuple[tuple[FaultNote, ...], ...]

    def in_folds(self, folds: Collection[int]) -> Flags:
        """Return which records are in some folds, bool [record]."""
        return np.array([row.fold in folds for row in self.rows], dtype=np.bool_)

    def clean(self) -> Flags:
        """Return of which records no fault is noted, bool [record]."""
        clean: Flags = np.array([not notes for notes in self.notes], dtype=np.bool_)
        return clean

    def noted_leads(self, column: str) -> tuple[Flags, Flags]:
        """Return in which records a column notes a fault, bool [record], and of which leads, bool [record, lead]."""
        noted = np.zeros(len(self.rows), dtype=np.bool_)
        named = np.zeros((len(self.rows), len(LeadName)), dtype=np.bool_)
        for index, notes in enumerate(self.notes):
            for note in notes:
                if note.column == column:
                    noted[index] = True
                    named[index] = [name in note.leads for name in LeadName]
        return noted, named

    def patients(self) -> Integers:
        """Return the number of each record's patient [record]."""
        return np.array([row.patient_id for row in self.rows], dtype=np.int64)

    def signals(self, chosen: Flags) -> Iterator[FloatArray]:
        """Read some records at 100 Hz, float32 millivolts [sample, lead], each when it is asked for."""
        for index in np.flatnonzero(chosen).tolist():
            yield read_signal_int16(self.folder, self.rows[index]).astype(np.float32) * _MILLIVOLTS_PER_UNIT


def read_records(folder: Path, folds: Collection[int]) -> Records:
    """Return the records of some folds.

    Raises:
        UnreadableFileError: the table cannot be read.
    """
    rows = tuple(read_table(folder, folds=folds))
    notes = read_fault_notes(folder)
    return Records(folder, rows, tuple(notes[row.ecg_id] for row in rows))
