"""The `.npz` file of the original web service: recordings of a test set, their metadata and their targets.

`X_test` (n, 7) is metadata: age, sex, height, weight, first and second infarction stage, pacemaker. `Y_test`
(n, 1000, 12) is signals in millivolts at 100 Hz. `Z_test` (n, 5) is targets, one for each class.
"""

import dataclasses
import functools
import math
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.file_format import FileFormat, Reader, Stated
from ecg_client.formats.ptbxl_table import CLASS_CODES, OVER_89_CODE, OVER_89_YEARS
from ecg_client.recording import STANDARD_LEADS, InfarctionStage, PatientMetadata, Recording, Sex

SAMPLE_RATE_HZ = 100.0

Meaning = TypeVar("Meaning")

_NAMES = ("X_test", "Y_test", "Z_test")
_HEADER_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
# No recording shrinks to a hundredth of its samples; small arrays that do so harm nobody.
_GREATEST_EXPANSION = 100
_UNPACKED_BYTES = 1 << 26

_METADATA_COUNT = 7
_LEAST_HEIGHT_CM = 50.0
SEXES = (Sex.MALE, Sex.FEMALE)
FIRST_STAGES = (
    None,
    InfarctionStage.I,
    InfarctionStage.I_II,
    InfarctionStage.II,
    InfarctionStage.II_III,
    InfarctionStage.III,
)
SECOND_STAGES = (None, InfarctionStage.I, InfarctionStage.II, InfarctionStage.III)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class NpzFile:
    """What the file holds.

    Attributes:
        path: The file.
        metadata: `X_test`, shape [recording, 7].
        signals: `Y_test`, millivolts, shape [recording, sample, lead].
        targets: `Z_test`, shape [recording, class]; None where the file has none.
    """

    path: Path
    metadata: npt.NDArray[Any]
    signals: npt.NDArray[Any]
    targets: npt.NDArray[Any] | None

    def __len__(self) -> int:
        return len(self.signals)

    def read_recording(self, index: int) -> Recording:
        """Reads one recording; its recording id is its index, its labels are its targets.

        A 0 or a NaN that stands for a missing value is read as unknown, as is a height under 50 cm; an age of 300,
        which stands for "over 89", is read as 90.

        Raises:
            UnreadableFileError: There is no such recording, or its metadata holds a code that means nothing.
        """
        if not 0 <= index < len(self):
            raise UnreadableFileError(self.path, f"there is no sample {index}; give one from 0 to {len(self) - 1}")
        try:
            metadata = metadata_from_row(self.metadata[index])
        except ValueError as error:
            raise UnreadableFileError(self.path, f"X_test[{index}]: {error}") from error
        return Recording(
            signal=self.signals[index],
            sample_rate_hz=SAMPLE_RATE_HZ,
            metadata=metadata,
            recording_id=str(index),
            labels=self._labels(index),
        )

    def _labels(self, index: int) -> Mapping[str, int] | None:
        if self.targets is None:
            return None
        return {code: int(target) for code, target in zip(CLASS_CODES, self.targets[index], strict=True)}


def open_npz(path: Path | str) -> NpzFile:
    """Reads the file whole.

    Raises:
        UnreadableFileError: It is no `.npz` file, or its arrays are missing or have other shapes.
    """
    path = Path(path)
    arrays = _load(path)
    signals = _array(path, arrays, "Y_test", (None, len(STANDARD_LEADS)))
    if signals.dtype.kind != "f":
        signals = signals.astype(np.float32)
    metadata = _array(path, arrays, "X_test", (_METADATA_COUNT,))
    targets = _array(path, arrays, "Z_test", (len(CLASS_CODES),)) if "Z_test" in arrays else None
    if targets is not None and not np.isin(targets, (0, 1)).all():
        raise UnreadableFileError(path, "Z_test holds something else than 0 and 1")
    counts = {len(array) for array in (metadata, signals, targets) if array is not None}
    if len(counts) > 1:
        raise UnreadableFileError(path, f"X_test, Y_test and Z_test hold different numbers of recordings: {counts}")
    return NpzFile(path, metadata, signals, targets)


def metadata_from_row(row: Sequence[float] | npt.NDArray[Any]) -> PatientMetadata:
    """Reads one row of `X_test`.

    Raises:
        ValueError: A code means nothing.
    """
    age, sex, height, weight, first_stage, second_stage, pacemaker = (float(value) for value in row)
    known_age, known_height = _known(age), _known(height)
    return PatientMetadata(
        age_years=OVER_89_YEARS if known_age == OVER_89_CODE else known_age,
        sex=_decoded("sex", sex, SEXES),
        height_cm=None if known_height is None or known_height < _LEAST_HEIGHT_CM else known_height,
        weight_kg=_known(weight),
        first_infarction_stage=_decoded("first infarction stage", first_stage, FIRST_STAGES),
        second_infarction_stage=_decoded("second infarction stage", second_stage, SECOND_STAGES),
        has_pacemaker=_decoded("pacemaker", pacemaker, (False, True)),
    )


def _load(path: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        with path.open("rb") as file:
            _refuse_bomb(file)
            with np.load(file, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in _NAMES if name in arrays}
    except OSError as error:
        raise UnreadableFileError(path, error.strerror or str(error)) from error
    except Exception as error:  # zipfile and NumPy raise all sorts for a broken file
        # What NumPy says is left out: it advises to load the file unsafely.
        raise UnreadableFileError(
            path, "not an .npz file of plain arrays (X_test, Y_test, Z_test), or a damaged one"
        ) from error


def _refuse_bomb(file: BinaryIO) -> None:
    """Checks that arrays are as large as they are said to be, and not absurdly larger than the file.

    Raises:
        ValueError: One is.
    """
    size = file.seek(0, os.SEEK_END)
    with zipfile.ZipFile(file) as archive:
        for name in _NAMES:
            if f"{name}.npy" in archive.namelist():
                _refuse_part(archive, archive.getinfo(f"{name}.npy"), size)
    file.seek(0)


def _refuse_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> None:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("packed in a way that NumPy does not use")
    if info.file_size > max(_UNPACKED_BYTES, _GREATEST_EXPANSION * size):
        raise ValueError("unpacks to many times its size")
    with archive.open(info) as part:
        version = np.lib.format.read_magic(part)
        if version not in _HEADER_READERS:
            raise ValueError("not of plain arrays")
        shape, _, dtype = _HEADER_READERS[version](part)
        if math.prod(shape) * dtype.itemsize > info.file_size:
            raise ValueError("declares more than it holds")


def _array(
    path: Path, arrays: Mapping[str, npt.NDArray[Any]], name: str, shape: tuple[int | None, ...]
) -> npt.NDArray[Any]:
    """Takes an array that has this shape after its first axis; None is any length."""
    if name not in arrays:
        raise UnreadableFileError(path, f"there is no array {name}; it must hold X_test and Y_test, and may Z_test")
    array = arrays[name]
    fits = len(array.shape) == len(shape) + 1 and all(
        wanted in (None, length) for wanted, length in zip(shape, array.shape[1:], strict=True)
    )
    if not fits or array.dtype.kind not in "fiu":
        wanted = ", ".join("any" if length is None else str(length) for length in shape)
        raise UnreadableFileError(path, f"{name} is {array.dtype} of shape {array.shape}, but must be (n, {wanted})")
    return array


def _known(value: float) -> float | None:
    return None if math.isnan(value) or value == 0 else value


def _decoded(name: str, value: float, meanings: Sequence[Meaning]) -> Meaning | None:
    if math.isnan(value):
        return None
    if value not in range(len(meanings)):
        raise ValueError(f"{name} is {value}, but must be a whole number from 0 to {len(meanings) - 1}")
    return meanings[int(value)]


def _recognises(head: bytes, _: Path) -> bool:
    return head.startswith((b"PK\3\4", b"PK\5\6"))


def _find(path: Path, _: Stated) -> list[Reader]:
    file = open_npz(path)
    return [functools.partial(file.read_recording, index) for index in range(len(file))]


# A test set holds many recordings; `open_npz` holds each array against the file.
NPZ = FileFormat(".npz", (".npz",), _recognises, _find, greatest_bytes=1 << 40)
