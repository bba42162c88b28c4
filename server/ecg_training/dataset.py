"""PTB-XL as arrays, through the same preprocessing that serves.

The files are read with the client's readers; what a record means to a network is decided by `ecg_model.preprocessing`.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from ecg_client.formats.ptbxl import PtbxlRow, read_record, read_table
from ecg_evaluation.model_recording import model_recording
from ecg_model.manifest import InputSpecification
from ecg_model.preprocessing import unmasked_inputs
from ecg_model.recording import FloatArray


@dataclass(frozen=True, slots=True)
class Dataset:
    """Recordings as a network takes them, and what they show.

    Attributes:
        metadata: float32 [recording, feature].
        signal: float32 millivolts [recording, sample, lead].
        labels: float32 [recording, class], 0 or 1; all 0 where no statement of the record is diagnostic.
        statements: float32 [recording, statement], 0 or 1: what was said of the recording, finer than its classes.
        patients: int64 [recording]: whose recording it is.
        imputed: float32 [feature]: the metadata of a patient of whom nothing is known.
    """

    metadata: FloatArray
    signal: FloatArray
    labels: FloatArray
    statements: FloatArray
    patients: npt.NDArray[np.int64]
    imputed: FloatArray

    def __len__(self) -> int:
        return len(self.labels)

    def digest(self) -> str:
        """Return a digest of everything in it: equal digests are the same data."""
        sha256 = hashlib.sha256()
        for array in (self.metadata, self.signal, self.labels, self.statements, self.imputed):
            sha256.update(np.ascontiguousarray(array).data)
        return sha256.hexdigest()

    def labelled(self) -> Self:
        """Return the recordings that show at least one class, as published figures count them."""
        return self.rows(np.flatnonzero(self.labels.any(axis=1)))

    def without_metadata(self) -> Self:
        """Return the same recordings of patients of whom nothing is known."""
        return replace(self, metadata=np.broadcast_to(self.imputed, self.metadata.shape))

    def rows(self, indices: npt.NDArray[np.int64]) -> Self:
        """Return the recordings with these indices."""
        chosen = {
            name: getattr(self, name)[indices] for name in ("metadata", "signal", "labels", "statements", "patients")
        }
        return replace(self, **chosen)


def read_rows(folder: Path, folds: Collection[int], limit: int | None = None) -> list[PtbxlRow]:
    """Return the table's rows of some folds, at most `limit` of them, without the infarction stages.

    The stages give the answer away: the physician who wrote the statement wrote them.
    """
    return read_table(folder, folds=folds)[:limit]


def read_dataset(
    folder: Path, rows: Sequence[PtbxlRow], specification: InputSpecification, statements: Sequence[str] = ()
) -> Dataset:
    """Return the recordings of some rows, prepared as the server prepares them.

    Without masking and without removing offsets: a network had better see signals as they are.

    Args:
        folder: the PTB-XL folder.
        rows: of its table.
        specification: what the network takes.
        statements: the codes to tell of each recording beside its classes.
    """
    metadata, signal = unmasked_inputs([model_recording(read_record(folder, row)) for row in rows], specification)
    return Dataset(
        metadata=metadata,
        signal=signal,
        labels=np.array([row.labels for row in rows], dtype=np.float32),
        statements=np.array([[code in row.statements for code in statements] for row in rows], dtype=np.float32),
        patients=np.array([row.patient_id for row in rows], dtype=np.int64),
        imputed=np.array([feature.imputed for feature in specification.metadata], dtype=np.float32),
    )


def statements_in(rows: Sequence[PtbxlRow]) -> tuple[str, ...]:
    """Return the codes of all statements in some rows, sorted."""
    return tuple(sorted({code for row in rows for code in row.statements}))
