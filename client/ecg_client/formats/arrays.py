"""Bare arrays: NumPy's `.npy`, and the `val` of a MATLAB file that has no WFDB header beside it."""

import importlib
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.columns import names_of_count, recording_of_columns
from ecg_client.formats.file_format import FileFormat, Stated, single
from ecg_client.recording import INDEPENDENT_LEADS, STANDARD_LEADS, Recording

_LEAD_COUNTS = (len(STANDARD_LEADS), len(INDEPENDENT_LEADS))
_NPY_MAGIC = b"\x93NUMPY"
_MATLAB_5, _MATLAB_7 = b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file"
# MATLAB 4 has no magic: five numbers and the name of the first matrix.
_MATLAB_4_NAME_START, _MATLAB_4_NAME = 20, b"val\0"
_VARIABLE = "val"
_NUMBERS = ("double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32")
_GREATEST_EXPANSION = 100
_UNPACKED_BYTES = 1 << 26
_SAMPLE_BYTES = 8


def read_npy(path: Path, stated: Stated = Stated()) -> Recording:  # noqa: B008 - it is frozen
    """Reads an array of shape [sample, lead]: twelve leads in the usual order, or eight (I, II, V1 to V6).

    Raises:
        UnreadableFileError: It has another shape, or holds objects; or its rate and unit are not stated.
    """
    # Mapped, an array that is not there takes no memory.
    return _recording(np.array(np.load(path, mmap_mode="r", allow_pickle=False)), stated, path)


def read_matlab(path: Path, stated: Stated = Stated()) -> Recording:  # noqa: B008 - it is frozen
    """Reads the matrix `val`, of shape [lead, sample] as in the PhysioNet challenges.

    Raises:
        UnreadableFileError: There is none, it has another shape, or is in the format of MATLAB 7.3; or its rate and
            unit are not stated.
    """
    with path.open("rb") as file:
        if file.read(len(_MATLAB_7)) == _MATLAB_7:
            raise UnreadableFileError(path, "it is of the format MATLAB 7.3; save it with -v7")
    matlab = importlib.import_module("scipy.io")
    shapes = {name: (shape, kind) for name, shape, kind in matlab.whosmat(path)}
    if _VARIABLE not in shapes:
        raise UnreadableFileError(path, "it holds no matrix `val`; save the signal as val, [lead, sample]")
    shape, kind = shapes[_VARIABLE]
    if kind not in _NUMBERS:
        raise UnreadableFileError(path, "its `val` is no plain matrix of numbers")
    if math.prod(shape) * _SAMPLE_BYTES > max(_UNPACKED_BYTES, _GREATEST_EXPANSION * path.stat().st_size):
        raise UnreadableFileError(path, "its `val` unpacks to many times its size; save it without packing")
    return _recording(matlab.loadmat(path, variable_names=[_VARIABLE])[_VARIABLE].T, stated, path)


def _recording(samples: npt.NDArray[Any], stated: Stated, path: Path) -> Recording:
    if samples.ndim != 2 or samples.dtype.kind not in "fiu":  # noqa: PLR2004 - samples and leads
        raise UnreadableFileError(
            path, f"it is {samples.dtype} of shape {samples.shape}, but must be numbers [sample, lead]"
        )
    if samples.shape[1] not in _LEAD_COUNTS and samples.shape[0] in _LEAD_COUNTS:
        raise UnreadableFileError(path, f"its shape is {samples.shape}; transpose it")
    names = names_of_count(samples.shape[1], path)
    return recording_of_columns(
        names, lambda positions: [samples[:, position] for position in positions], Stated(), stated, path
    )


def _is_npy(head: bytes, _: Path) -> bool:
    return head.startswith(_NPY_MAGIC)


def _is_matlab(head: bytes, _: Path) -> bool:
    return head.startswith((_MATLAB_5, _MATLAB_7)) or head[_MATLAB_4_NAME_START:].startswith(_MATLAB_4_NAME)


NPY = FileFormat(".npy", (".npy",), _is_npy, single(read_npy))
MATLAB = FileFormat("MATLAB", (".mat",), _is_matlab, single(read_matlab), extra="matlab", modules=("scipy",))
