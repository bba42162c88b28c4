"""A PTB-XL folder as PhysioNet publishes it: a table of records, and a signal file for each.

The data set: Wagner et al., PTB-XL, a large publicly available electrocardiography dataset, PhysioNet, CC BY 4.0.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.ptbxl_table import CLASS_CODES, TABLE_NAME, PtbxlRow, is_ptbxl_folder, read_table
from ecg_client.recording import STANDARD_LEADS, Recording

__all__ = [
    "CLASS_CODES",
    "PtbxlRow",
    "is_ptbxl_folder",
    "read_record",
    "read_recordings",
    "read_signal_int16",
    "read_table",
]

MICROVOLTS_PER_UNIT = 1.0
_SECONDS = 10


def read_signal_int16(folder: Path | str, row: PtbxlRow, sample_rate_hz: int = 100) -> npt.NDArray[np.int16]:
    """Reads the signal of one record.

    Args:
        folder: The folder of the table.
        row: The record.
        sample_rate_hz: 100 or 500.

    Returns:
        Microvolts, shape [sample, lead]: 10 s of the twelve standard leads in the usual order.

    Raises:
        UnreadableFileError: The file is missing, or has another size than 10 s of twelve leads have.
    """
    path = _signal_path(Path(folder), row, sample_rate_hz)
    # Every signal of PTB-XL has this one layout. Reading it as such is many times as fast as by its header.
    expected = _SECONDS * sample_rate_hz * len(STANDARD_LEADS)
    try:
        found = path.stat().st_size // 2
        # Not more than expected: another file may be of any size.
        samples = np.fromfile(path, dtype="<i2", count=expected)
    except OSError as error:
        raise UnreadableFileError(path, f"{error.strerror or error}; is the download complete?") from error
    if not samples.size == found == expected:
        raise UnreadableFileError(
            path, f"{found} samples of 2 bytes, but PTB-XL has {expected}; download the file again"
        )
    return samples.astype(np.int16, copy=False).reshape(-1, len(STANDARD_LEADS))


def read_record(folder: Path | str, row: PtbxlRow, sample_rate_hz: int = 100) -> Recording:
    """Reads one record whole, with its labels and with `ecg_id` as its recording id; see `read_signal_int16`."""
    return Recording(
        signal=read_signal_int16(folder, row, sample_rate_hz),
        sample_rate_hz=float(sample_rate_hz),
        metadata=row.metadata,
        recording_id=str(row.ecg_id),
        microvolts_per_unit=MICROVOLTS_PER_UNIT,
        labels=dict(zip(CLASS_CODES, row.labels, strict=True)),
    )


def read_recordings(
    folder: Path | str,
    *,
    folds: Collection[int] | None = None,
    sample_rate_hz: int = 100,
    with_infarction_stages: bool = False,
) -> Iterator[Recording]:
    """Reads records one after the other, each when it is asked for; see `read_table` and `read_record`."""
    for row in read_table(folder, folds=folds, with_infarction_stages=with_infarction_stages):
        yield read_record(folder, row, sample_rate_hz)


def _signal_path(folder: Path, row: PtbxlRow, sample_rate_hz: int) -> Path:
    stems = {100: row.file_stem_100hz, 500: row.file_stem_500hz}
    if sample_rate_hz not in stems:
        raise ValueError(f"sample_rate_hz is {sample_rate_hz}, but PTB-XL has 100 and 500")
    stem = stems[sample_rate_hz]
    if Path(stem).is_absolute() or ".." in Path(stem).parts or not stem.isprintable():
        raise UnreadableFileError(
            folder / TABLE_NAME, f"it names the signal {stem[:80]!r}, which is no file of the folder"
        )
    return folder / f"{stem}.dat"
