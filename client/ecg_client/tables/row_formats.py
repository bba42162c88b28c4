"""Rows in files: CSV, JSON lines and Parquet, each written and read row by row."""

import csv
import dataclasses
import importlib
import importlib.util
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TextIO

from ecg_client.errors import MissingExtraError, UnreadableFileError
from ecg_client.tables.rows import Kind, Row, Value, class_codes_of, columns

_TRUE, _FALSE = "true", "false"
# Of so many rows Parquet keeps each column together; they are what is held in memory.
_GROUP_ROWS = 1000
# What no table of ours is without, and what tells it from a table of somebody else's.
_MARKS = ("path", "number", "reason", "fingerprint")


class RowWriter(Protocol):
    """Writes rows to a file that somebody else opened, and closes."""

    def write(self, row: Row) -> None:
        """Writes a row; columns that it lacks have no value."""

    def close(self) -> None:
        """Writes what is left."""


@dataclasses.dataclass(frozen=True, slots=True)
class RowFormat:
    """A format of tables.

    Attributes:
        name: Its name.
        writer: Begins a table: a file, and the columns with the kinds of their values.
        read: Reads the rows of a file, one after the other.
        module: What it needs besides the base install; empty: nothing.
        extra: The extra that brings it.
    """

    name: str
    writer: Callable[[BinaryIO, Mapping[str, Kind]], RowWriter]
    read: Callable[[Path], Iterator[dict[str, Value]]]
    module: str = ""
    extra: str = ""

    def require(self) -> None:
        """Checks that what it needs is installed.

        Raises:
            MissingExtraError: It is not.
        """
        if self.module and importlib.util.find_spec(self.module) is None:
            raise MissingExtraError(f"Writing {self.name} files", self.extra)


def read_rows(path: Path) -> Iterator[dict[str, Value]]:
    """Reads the rows of a table that this program wrote; its suffix tells the format.

    Raises:
        UnreadableFileError: It is none.
    """
    try:
        yield from ROW_FORMATS[path.suffix.lower()].read(path)
    except OSError as error:
        raise UnreadableFileError(path, error.strerror or "it cannot be read") from error
    except Exception as error:
        raise UnreadableFileError(path, "it is no table that `ecg stream --output` wrote; name another") from error


def _check(names: Collection[str]) -> None:
    if any(mark not in names for mark in _MARKS):
        raise ValueError("columns are missing")


class _CsvWriter:
    def __init__(self, file: BinaryIO, kinds: Mapping[str, Kind]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self._names = list(kinds)
        self._csv = csv.writer(_UnixLines(self._text))
        self._csv.writerow(self._names)

    def write(self, row: Row) -> None:
        self._csv.writerow([_cell(row.get(name)) for name in self._names])

    def close(self) -> None:
        self._text.detach()


@dataclasses.dataclass(frozen=True, slots=True)
class _UnixLines:
    """Takes the lines of `csv`, which puts in quotes what its own end of a line is made of, and no other."""

    text: TextIO

    def write(self, line: str) -> None:
        self.text.write(line.removesuffix("\r\n") + "\n")


class _JsonWriter:
    def __init__(self, file: BinaryIO, kinds: Mapping[str, Kind]) -> None:
        self._file = file
        self._names = list(kinds)

    def write(self, row: Row) -> None:
        self._file.write(json_row({name: row.get(name) for name in self._names}))

    def close(self) -> None:
        """Nothing is left."""


class _ParquetWriter:
    def __init__(self, file: BinaryIO, kinds: Mapping[str, Kind]) -> None:
        self._arrow: Any = importlib.import_module("pyarrow")
        types = {str: self._arrow.string, int: self._arrow.int64, float: self._arrow.float64, bool: self._arrow.bool_}
        self._schema = self._arrow.schema([(name, types[kind]()) for name, kind in kinds.items()])
        self._file = importlib.import_module("pyarrow.parquet").ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) >= _GROUP_ROWS:
            self._write_group()

    def close(self) -> None:
        if self._rows:
            self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        self._file.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []


def json_row(row: Row) -> bytes:
    """Returns a row as a line of JSON."""
    return json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n"


def _cell(value: Value) -> str:
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    return "" if value is None else str(value)


def _read_csv(path: Path) -> Iterator[dict[str, Value]]:
    with path.open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines, strict=True)
        _check(table.fieldnames or ())
        kinds = columns(class_codes_of(table.fieldnames or ()))
        for line in table:
            yield {name: _value(cell, kinds[name]) for name, cell in line.items()}


def _value(cell: str, kind: Kind) -> Value:
    if not cell:
        return None
    return {_TRUE: True, _FALSE: False}[cell] if kind is bool else kind(cell)


def _read_json(path: Path) -> Iterator[dict[str, Value]]:
    with path.open("rb") as lines:
        for line in lines:
            row = dict(json.loads(line))
            _check(row)
            yield row


def _read_parquet(path: Path) -> Iterator[dict[str, Value]]:
    with importlib.import_module("pyarrow.parquet").ParquetFile(path) as file:
        _check(file.schema_arrow.names)
        for batch in file.iter_batches(_GROUP_ROWS):
            yield from batch.to_pylist()


CSV = RowFormat("CSV", _CsvWriter, _read_csv)
JSON_LINES = RowFormat("JSON lines", _JsonWriter, _read_json)
PARQUET = RowFormat("Parquet", _ParquetWriter, _read_parquet, "pyarrow", "parquet")

ROW_FORMATS: Mapping[str, RowFormat] = {".parquet": PARQUET, ".csv": CSV, ".jsonl": JSON_LINES}
"""The formats of tables, by the suffix that tells them."""
