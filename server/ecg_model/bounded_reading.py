"""Reads files that anybody may have made: none larger than expected, and no memory taken on a file's word."""

import io
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_model.errors import BundleError

_HEADER_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_bounded(path: Path, greatest_bytes: int) -> bytes:
    """Return a file's content.

    Raises:
        BundleError: there is no such file, it cannot be read, or it is larger.
    """
    if not path.is_file():
        raise BundleError(path, "there is no such file")
    try:
        with path.open("rb") as file:
            content = file.read(greatest_bytes + 1)
    except OSError as error:
        raise BundleError(path, f"cannot be read: {error.strerror or error}") from error
    if len(content) > greatest_bytes:
        raise BundleError(path, f"is larger than {greatest_bytes} bytes, the most that is taken; make it smaller")
    return content


def read_arrays(path: Path, names: Sequence[str], greatest_bytes: int) -> list[npt.NDArray[Any]]:
    """Return arrays of numbers from an .npz file.

    Args:
        path: the file.
        names: of the arrays wanted.
        greatest_bytes: the most that the file, and each array unpacked, may have.

    Raises:
        BundleError: there is no such file, it is no .npz file, it is too large, or it lacks an array.
    """
    content = read_bounded(path, greatest_bytes)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [_array(_unpacked(archive, f"{name}.npy", greatest_bytes)) for name in names]
    except Exception as error:  # zipfile and NumPy raise all sorts for a broken file
        wanted = ", ".join(names)
        raise BundleError(
            path, f"is no .npz file of the arrays {wanted}, or a damaged one: {str(error)[:200]}"
        ) from error


def _unpacked(archive: zipfile.ZipFile, name: str, greatest_bytes: int) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > greatest_bytes or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(
            f"{name} unpacks to more than {greatest_bytes} bytes, or is packed in a way NumPy does not use"
        )
    with archive.open(info) as part:
        return part.read(info.file_size + 1)


def _array(content: bytes) -> npt.NDArray[Any]:
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    if version not in _HEADER_READERS:
        raise ValueError(f"its format {version} is not one of plain arrays")
    shape, is_fortran_order, dtype = _HEADER_READERS[version](file)
    # Unlike NumPy's own reader this takes no memory for what the header declares and the file does not hold.
    flat = np.frombuffer(content, dtype, math.prod(shape), file.tell())
    return flat.reshape(shape, order="F" if is_fortran_order else "C").copy()
