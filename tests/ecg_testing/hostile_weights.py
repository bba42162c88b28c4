"""HDF5 files that point elsewhere or declare what is not there."""

from collections.abc import Callable
from dataclasses import dataclass

import h5py
import numpy as np


@dataclass(frozen=True, slots=True)
class HostileWeights:
    """What is written into a model.weights.h5 that is refused, and a part of what is said of it."""

    name: str
    write: Callable[[h5py.File], object]
    problem: str


def _external_link(file: h5py.File) -> None:
    file["layers"] = h5py.ExternalLink("/etc/passwd", "/")


def _soft_link(file: h5py.File) -> None:
    file["here"] = np.zeros(3, dtype=np.float32)
    file.create_group("layers")["0"] = h5py.SoftLink("/here")


def _external_storage(file: h5py.File) -> None:
    file.create_dataset("vars/0", (16,), np.uint8, external=[("/etc/passwd", 0, 16)])


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((4,), np.float32)
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "x", (4,))  # noqa: S108 - nobody reads it
    file.create_virtual_dataset("vars", layout)


def _named_type(file: h5py.File) -> None:
    file["vars"] = np.dtype("f4")


HOSTILE_WEIGHTS = [
    HostileWeights("a link into another file", _external_link, "hold the link 'layers' in place of an array"),
    HostileWeights("a link", _soft_link, "hold the link '0' in place of an array"),
    HostileWeights("an array in another file", _external_storage, "'/vars/0' lie in another file"),
    HostileWeights("an array of pieces of other files", _virtual, "'/vars' lie in another file"),
    HostileWeights(
        "an array that is not there",
        lambda file: file.create_dataset("vars/0", (1 << 40,), np.float32, chunks=(1024,)),
        "declare 4398046511104 bytes, which do not lie there as they are",
    ),
    HostileWeights(
        "an array that was never written",
        lambda file: file.create_dataset("vars/0", (1 << 40,), np.float32),
        "declare 4398046511104 bytes, which do not lie there as they are",
    ),
    HostileWeights(
        "a bomb",
        lambda file: file.create_dataset("vars/0", data=np.zeros(1 << 20), compression="gzip"),
        "which do not lie there as they are",
    ),
    HostileWeights("words", lambda file: file.create_dataset("vars/0", data=["words"]), "'/vars/0' are no numbers"),
    HostileWeights(
        "references",
        lambda file: file.create_dataset("vars/0", (1,), h5py.ref_dtype),
        "'/vars/0' are no numbers",
    ),
    HostileWeights(
        "records",
        lambda file: file.create_dataset("vars/0", data=np.zeros(2, dtype=[("a", "f4"), ("b", "f4")])),
        "'/vars/0' are no numbers",
    ),
    HostileWeights("a type", _named_type, "hold 'vars', which is no array"),
]
