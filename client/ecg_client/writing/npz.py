"""The `.npz` of the original web service, as `ecg_client.formats.npz` reads it: ten seconds at 100 Hz, twelve leads."""

import dataclasses
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnwritableRecordingError
from ecg_client.formats.npz import FIRST_STAGES, SAMPLE_RATE_HZ, SECOND_STAGES, SEXES, metadata_from_row
from ecg_client.formats.ptbxl_table import CLASS_CODES
from ecg_client.recording import STANDARD_LEADS, PatientMetadata, Recording
from ecg_client.writing.digitising import millivolts_of
from ecg_client.writing.written import Written, lost_fields

_SAMPLE_COUNT = 1000
_FITS = "an .npz file holds 10 s at 100 Hz of all twelve leads; write WFDB records (a folder as --output)"


@dataclasses.dataclass(slots=True)
class NpzFile:
    """One `.npz` file of many recordings, in the order in which they are added.

    Attributes:
        path: The file; what is there is replaced when this one is finished.
    """

    path: Path
    _signals: list[npt.NDArray[np.float32]] = dataclasses.field(default_factory=list)
    _rows: list[list[float]] = dataclasses.field(default_factory=list)
    _labels: list[Mapping[str, int] | None] = dataclasses.field(default_factory=list)

    @property
    def count(self) -> int:
        """Recordings so far."""
        return len(self._signals)

    def add(self, recording: Recording) -> Written:
        """Takes a recording; the signal is kept as the float32 millivolts that the network is given.

        Returns:
            What was written. Lost is what `X_test` cannot say: an age of 0, a height under 50 cm, some infarction
            stages.

        Raises:
            UnwritableRecordingError: It has another length, sample rate or leads than such a file holds.
        """
        _refuse_unfit(recording)
        order = [recording.lead_names.index(lead) for lead in STANDARD_LEADS]
        self._signals.append(millivolts_of(recording)[:, order].astype(np.float32))
        self._rows.append(row_of(recording.metadata))
        self._labels.append(recording.labels)
        lost = lost_fields(recording.metadata, metadata_from_row(self._rows[-1]))
        return Written(str(self.count - 1), lost)

    def finish(self) -> None:
        """Writes the file, unless nothing was added; it has `Z_test` where all recordings have labels.

        Raises:
            OSError: It cannot be written.
        """
        if not self._signals:
            return
        arrays = {"X_test": np.array(self._rows), "Y_test": np.stack(self._signals), **self._targets()}
        with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=".ecg-") as folder:
            whole = Path(folder) / "whole.npz"
            np.savez(whole, **arrays)  # type: ignore[arg-type] # no array is called allow_pickle
            whole.replace(self.path)

    def _targets(self) -> dict[str, npt.NDArray[np.int8]]:
        rows = [[labels[code] for code in CLASS_CODES] for labels in self._labels if labels]
        return {"Z_test": np.array(rows, dtype=np.int8)} if len(rows) == len(self._labels) else {}


def row_of(metadata: PatientMetadata) -> list[float]:
    """Returns the row of `X_test`; not-a-number is unknown."""
    return [
        _number(metadata.age_years),
        _number(None if metadata.sex is None else SEXES.index(metadata.sex)),
        _number(metadata.height_cm),
        _number(metadata.weight_kg),
        _index(FIRST_STAGES, metadata.first_infarction_stage),
        _index(SECOND_STAGES, metadata.second_infarction_stage),
        _number(metadata.has_pacemaker),
    ]


def _refuse_unfit(recording: Recording) -> None:
    missing = [lead.name for lead in STANDARD_LEADS if lead not in recording.lead_names]
    if missing:
        raise UnwritableRecordingError(f"it lacks {', '.join(missing)}, but {_FITS}")
    count, rate = len(recording.signal), recording.sample_rate_hz
    if (count, rate) != (_SAMPLE_COUNT, SAMPLE_RATE_HZ):
        raise UnwritableRecordingError(f"it has {count} samples at {rate:g} Hz, but {_FITS}")


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _index(stages: tuple[object, ...], stage: object) -> float:
    return float(stages.index(stage)) if stage in stages else 0.0
