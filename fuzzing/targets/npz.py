"""Any bytes as an .npz file, and any bytes as the arrays in one."""

import contextlib
import io
import zipfile
from collections.abc import Sequence

import numpy as np

from ecg_client.errors import EcgError
from ecg_client.formats.npz import open_npz
from fuzzing.targets.files import put

GREATEST_READ = 3


def test_one_input(data: bytes) -> None:
    """Read a whole archive, or one whose arrays the bytes are."""
    if data[:1] == b"P":
        _read(data)
    else:
        _read(_archive_of(data))


def _archive_of(data: bytes) -> bytes:
    """Return an archive in which the same bytes, headers and all, are each of the arrays."""
    content = io.BytesIO()
    size = len(data) // 2
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("X_test.npy", data[:size])
        archive.writestr("Y_test.npy", data[size:])
    return content.getvalue()


def _read(content: bytes) -> None:
    with contextlib.suppress(EcgError):
        file = open_npz(put("data.npz", content))
        for index in range(min(len(file), GREATEST_READ)):
            with contextlib.suppress(EcgError):
                file.read_recording(index)


def seeds() -> Sequence[bytes]:
    """Return small archives, packed and not, and arrays by themselves."""
    metadata, signals, targets = np.ones((2, 7)), np.zeros((2, 4, 12), dtype=np.float32), np.eye(2, 5)
    return [
        _saved(np.savez, X_test=metadata, Y_test=signals, Z_test=targets),
        _saved(np.savez_compressed, X_test=metadata, Y_test=signals),
        _saved(np.savez, X_test=metadata.astype(np.int8), Y_test=signals.astype(np.int32)),
        _array(metadata) + _array(signals),
    ]


def _saved(save: object, **arrays: np.ndarray) -> bytes:
    content = io.BytesIO()
    save(content, **arrays)  # type: ignore[operator]
    return content.getvalue()


def _array(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()
