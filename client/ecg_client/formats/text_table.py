"""CSV and TSV: a lead in each column, with the names of the leads above them or without."""

import csv
import dataclasses
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.columns import are_of_leads, names_of_count, recording_of_columns
from ecg_client.formats.file_format import FileFormat, Stated, single
from ecg_client.recording import Recording

_GREATEST_BYTES = 1 << 27
_SEPARATORS = ("\t", ";", ",")
_COMMENT = "#"
_RATE = re.compile(
    r"(?:sampl(?:e|ing)[ _-]?(?:rate|frequency)|fs)(?:[ _]?[(\[]?hz[)\]]?)?\s*[:=]\s*(?P<rate>\d+(?:\.\d+)?)\s*(?:hz)?",
    re.IGNORECASE,
)
_UNIT = re.compile(r"units?\s*[:=]\s*(?P<unit>\S+)", re.IGNORECASE)
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclasses.dataclass(frozen=True, slots=True)
class _Text:
    """A table as text.

    Attributes:
        declared: What the comments above it say.
        first: The cells of its first line.
        rest: The lines after that.
        separator: What parts the cells.
    """

    declared: Stated
    first: list[str]
    rest: list[str]
    separator: str

    @property
    def has_headings(self) -> bool:
        """Whether the first line is one of names."""
        return not all(map(self.is_number, self.first))

    def is_number(self, cell: str) -> bool:
        """Whether a cell is a number; between semicolons that may have a decimal comma."""
        try:
            float(self.with_points(cell))
        except ValueError:
            return False
        return True

    def with_points(self, text: str) -> str:
        """The text with decimal points."""
        return text.replace(",", ".") if self.separator == ";" else text


def read_text_table(path: Path, stated: Stated = Stated()) -> Recording:  # noqa: B008 - it is frozen
    """Reads a table.

    Lines that begin with `#` may say the sample rate and the unit of all leads:
    `# sample_rate_hz: 500`, `# unit: mV`. A table without names has twelve or eight columns in the usual order.

    Raises:
        UnreadableFileError: A line has more or fewer cells than the first, or one that is no number; see also
            `recording_of_columns`.
    """
    text = _text_of(_decoded(path.read_bytes()), path)
    headings = text.first if text.has_headings else names_of_count(len(text.first), path)
    lines = text.rest if text.has_headings else [text.separator.join(text.first), *text.rest]

    def read(positions: Sequence[int]) -> list[npt.NDArray[Any]]:
        return _read_columns(text.with_points("\n".join(lines)), text.separator, positions, path)

    return recording_of_columns(headings, read, text.declared, stated, path)


def _read_columns(body: str, separator: str, positions: Sequence[int], path: Path) -> list[npt.NDArray[Any]]:
    if not positions or not body.strip():
        return [np.empty(0)] * len(positions)
    try:
        values = np.loadtxt(
            io.StringIO(body), delimiter=separator, usecols=positions, ndmin=2, comments=_COMMENT, quotechar='"'
        )
    except ValueError as error:
        # What NumPy says holds the cell.
        row = re.search(r"row (\d+)(?P<counted_from_1> with)?", str(error))
        where = f"line {int(row[1]) + (not row['counted_from_1'])} of its values" if row else "one of its lines"
        raise UnreadableFileError(
            path, f"{where} has a cell that is no number, or too few cells; write nan for what is missing"
        ) from error
    return list(values.T)


def _decoded(content: bytes) -> str:
    if content.startswith(_BYTE_ORDER_MARKS):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _text_of(text: str, path: Path) -> _Text:
    lines = [line for line in text.splitlines() if line.strip()]
    comments = [line for line in lines if line.startswith(_COMMENT)]
    rows = [line for line in lines if not line.startswith(_COMMENT)]
    if not rows:
        raise UnreadableFileError(path, "it has no lines")
    separator = next((one for one in _SEPARATORS if one in rows[0]), _SEPARATORS[-1])
    first = [cell.strip() for cell in next(csv.reader([rows[0]], delimiter=separator))]
    return _Text(_declared("\n".join(comments)), first, rows[1:], separator)


def _declared(comments: str) -> Stated:
    rate, unit = _RATE.search(comments), _UNIT.search(comments)
    return Stated(float(rate["rate"]) if rate else None, unit["unit"] if unit else None)


def _recognises(head: bytes, path: Path) -> bool:
    if b"\0" in head and not head.startswith(_BYTE_ORDER_MARKS):
        return False
    try:
        text = _text_of(_decoded(head), path)
        return are_of_leads(text.first) if text.has_headings else bool(names_of_count(len(text.first), path))
    except (UnreadableFileError, csv.Error):
        return False


TEXT = FileFormat("CSV/TSV", (".csv", ".tsv"), _recognises, single(read_text_table), greatest_bytes=_GREATEST_BYTES)
