"""The recordings that are evaluated: those of a PTB-XL fold with at least one diagnostic class."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import Self

import numpy as np

from ecg_client.formats.ptbxl import CLASS_CODES, PtbxlRow, read_record, read_table
from ecg_client.recording import PatientMetadata, Recording
from ecg_evaluation.annotations import Annotation, read_annotations
from ecg_evaluation.arrays import Flags, Integers
from ecg_evaluation.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Fold:
    """The labelled recordings of some folds.

    Attributes:
        folder: the PTB-XL folder.
        folds: the folds.
        rows: of its table, with infarction stages.
        annotations: one for each row.
        unlabelled: rows that were left out because none of their statements is diagnostic.
    """

    folder: Path
    folds: tuple[int, ...]
    rows: tuple[PtbxlRow, ...]
    annotations: tuple[Annotation, ...]
    unlabelled: int

    def recordings(self, known: Callable[[PatientMetadata], PatientMetadata]) -> Iterator[Recording]:
        """Read the recordings at 100 Hz, each when it is asked for.

        Args:
            known: makes of a patient's metadata what the model is told.
        """
        for row in self.rows:
            yield read_record(self.folder, replace(row, metadata=known(row.metadata)))

    def labels(self, class_codes: tuple[str, ...]) -> Flags:
        """Return what the recordings show [recording, class], for a model of these classes.

        Raises:
            EvaluationError: the table does not tell one of the classes.
        """
        unknown = [code for code in class_codes if code not in CLASS_CODES]
        if unknown:
            raise EvaluationError(f"the model tells {', '.join(unknown)}, of which PTB-XL's superclasses know nothing")
        columns = [CLASS_CODES.index(code) for code in class_codes]
        return np.array([row.labels for row in self.rows], dtype=np.bool_)[:, columns]

    def subset(self, kept: Flags) -> Self:
        """Return the recordings that are kept, a flag for each."""
        return replace(
            self,
            rows=tuple(compress(self.rows, kept)),
            annotations=tuple(compress(self.annotations, kept)),
        )

    def patients(self) -> Integers:
        """Return the number of each recording's patient [recording]."""
        return np.array([row.patient_id for row in self.rows], dtype=np.int64)


def read_fold(folder: Path, folds: Collection[int]) -> Fold:
    """Return the labelled recordings of some folds.

    Raises:
        UnreadableFileError: the tables cannot be read.
        EvaluationError: the folds hold no labelled recording.
    """
    rows = read_table(folder, folds=folds, with_infarction_stages=True)
    labelled = tuple(row for row in rows if any(row.labels))
    if not labelled:
        raise EvaluationError(f"{folder} has no labelled recording in fold {', '.join(map(str, sorted(folds)))}")
    annotations = read_annotations(folder)
    return Fold(
        folder=folder,
        folds=tuple(sorted(set(folds))),
        rows=labelled,
        annotations=tuple(annotations[row.ecg_id] for row in labelled),
        unlabelled=len(rows) - len(labelled),
    )
