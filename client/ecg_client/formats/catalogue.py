"""The formats that can be read, and which of them a file is of."""

from pathlib import Path

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.arrays import MATLAB, NPY
from ecg_client.formats.cart import CART_FORMATS
from ecg_client.formats.dicom import DICOM
from ecg_client.formats.edf import EDF
from ecg_client.formats.file_format import HEAD_BYTES, FileFormat
from ecg_client.formats.npz import NPZ
from ecg_client.formats.parquet import PARQUET
from ecg_client.formats.text_table import TEXT
from ecg_client.formats.wfdb_record import WFDB

# The text of tables is told last: nothing marks it but its first line.
FORMATS: tuple[FileFormat, ...] = (NPZ, EDF, DICOM, *CART_FORMATS, WFDB, NPY, MATLAB, PARQUET, TEXT)
"""All of them, in the order in which they are tried."""

SUFFIXES = frozenset(suffix for one in FORMATS for suffix in one.suffixes)
"""The suffixes that files with recordings usually have."""


def format_of(path: Path) -> FileFormat:
    """Returns the format of a file, by its content.

    Raises:
        UnreadableFileError: It cannot be opened, or is of no format that can be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise UnreadableFileError(path, error.strerror or "it cannot be opened") from error
    for one in FORMATS:
        if one.recognises(head, path):
            return one
    return _meant(path)


def _meant(path: Path) -> FileFormat:
    """The one format that the name of a file promises, whose reader says what is wrong with it."""
    meant = [one for one in FORMATS if path.suffix.lower() in one.suffixes]
    if len(meant) == 1:
        return meant[0]
    names = ", ".join(one.name for one in FORMATS)
    raise UnreadableFileError(path, f"unknown kind of file; what can be read is {names}")
