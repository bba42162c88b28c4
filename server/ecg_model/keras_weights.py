"""Checks a network's model.weights.h5 before Keras reads it.

HDF5 files may point into other files, and may declare arrays that are larger than anything they hold. Keras writes
neither: its arrays of numbers lie in the file as they are.
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecg_model.errors import BundleError

if TYPE_CHECKING:
    import h5py

GREATEST_OBJECT_COUNT = 100_000
_NUMBER_KINDS = "biufV"  # V: bfloat16, which NumPy has no word for

_REMEDY = "save the network again with Keras"


def check_weights(weights: bytes, path: Path) -> None:
    """Check that weights are arrays of numbers which lie in the file itself.

    Args:
        weights: the HDF5 file.
        path: the .keras file it comes from, for the error.

    Raises:
        BundleError: it is no HDF5 file, points into other files, or declares more than it holds.
    """
    # Comes with Keras; the ONNX runtime serves without either.
    import h5py  # noqa: PLC0415

    try:
        with h5py.File(io.BytesIO(weights), "r") as file:
            declared = sum(_checked_bytes(one, path) for one in _datasets(file, path))
    except BundleError:
        raise
    except Exception as error:  # HDF5 raises all sorts for a broken file
        raise BundleError(path, f"its weights cannot be read: {error}; {_REMEDY}") from error
    if declared > len(weights):
        raise BundleError(path, f"its weights declare {declared} bytes in a file of {len(weights)}; {_REMEDY}")


def _datasets(file: "h5py.File", path: Path) -> "list[h5py.Dataset]":
    """Return the arrays of a file; no link is followed that leads out of it."""
    import h5py  # noqa: PLC0415

    found: list[h5py.Dataset] = []
    seen: set[int] = set()
    groups: list[Any] = [file]
    while groups:
        group = groups.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise BundleError(path, f"its weights hold the link {name[:80]!r} in place of an array; {_REMEDY}")
            one = group[name]
            address = h5py.h5o.get_info(one.id).addr
            if address in seen:
                continue
            seen.add(address)
            if len(seen) > GREATEST_OBJECT_COUNT:
                raise BundleError(path, f"its weights hold more than {GREATEST_OBJECT_COUNT} arrays; {_REMEDY}")
            if not isinstance(one, h5py.Group | h5py.Dataset):
                raise BundleError(path, f"its weights hold {name[:80]!r}, which is no array; {_REMEDY}")
            (groups if isinstance(one, h5py.Group) else found).append(one)
    return found


def _checked_bytes(array: "h5py.Dataset", path: Path) -> int:
    dtype = array.dtype
    if dtype.kind not in _NUMBER_KINDS or dtype.fields or dtype.subdtype:
        raise BundleError(path, f"its weights {array.name[:80]!r} are no numbers; {_REMEDY}")
    if array.is_virtual or array.external:
        raise BundleError(path, f"its weights {array.name[:80]!r} lie in another file; {_REMEDY}")
    declared = int(array.nbytes)
    if array.chunks is not None or array.id.get_storage_size() != declared:
        problem = f"its weights {array.name[:80]!r} declare {declared} bytes, which do not lie there as they are"
        raise BundleError(path, f"{problem}; {_REMEDY}")
    return declared
