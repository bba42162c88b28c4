"""The units of an archive: each a file that holds recordings, with what belongs to it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ecg_client.formats.file_format import Stated
from ecg_client.formats.ptbxl_table import PtbxlRow

DIGITS = 16


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file as the listing of a folder or bucket has it.

    Attributes:
        path: where it is, as its file system knows it.
        size: in bytes.
        mtime_ns: when it was written, in nanoseconds; 0 where nobody knows.
    """

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A file that holds recordings.

    Attributes:
        path: where it is, as its file system knows it.
        name: what rows call it: an absolute path, or a URI.
        fingerprint: another one when one of its files has another size or time, or when something else is stated of it.
        companions: where the files are that belong to it, such as the .dat of a WFDB header.
        folder: the PTB-XL folder that it is of; empty: of none.
        row: what the table of that folder says of it.
    """

    path: str
    name: str
    fingerprint: str
    companions: tuple[str, ...] = ()
    folder: str = ""
    row: PtbxlRow | None = None


def fingerprint_of(files: Iterable[ListedFile | None], stated: Stated) -> str:
    """Return what changes when a file does, or what is stated of it; a file that is not there is None.

    Nothing is opened for it: a bucket would want to be paid for each.
    """
    rate_hz = None if stated.sample_rate_hz is None else float(stated.sample_rate_hz)
    states = ("-" if file is None else f"{file.path} {file.size} {file.mtime_ns}" for file in files)
    text = "\n".join([f"{rate_hz} {stated.unit}", *states])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:DIGITS]
