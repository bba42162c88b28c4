"""Parquet: a lead in each column, as in CSV; the file's metadata may say `sample_rate_hz` and `unit`."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.columns import recording_of_columns
from ecg_client.formats.file_format import FileFormat, Stated, single
from ecg_client.recording import Recording

_MAGIC = b"PAR1"
_GREATEST_TEXT_BYTES = 1 << 20
# No recording shrinks to a hundredth of its samples; a small one that does so harms nobody.
_GREATEST_EXPANSION = 100
_UNPACKED_BYTES = 1 << 26
_SAMPLE_BYTES = 8


def read_parquet(path: Path, stated: Stated = Stated()) -> Recording:  # noqa: B008 - it is frozen
    """Reads a table of numbers; a value that is missing is not a number.

    Raises:
        UnreadableFileError: It unpacks to far more than it is, or a lead's column holds no numbers; see also
            `recording_of_columns`.
    """
    file = importlib.import_module("pyarrow.parquet").ParquetFile(
        path, thrift_string_size_limit=_GREATEST_TEXT_BYTES, thrift_container_size_limit=_GREATEST_TEXT_BYTES
    )
    with file:
        _refuse_extent(file.metadata, path)
        schema = file.schema_arrow
        names = list(schema.names)

        def read(positions: Sequence[int]) -> list[npt.NDArray[Any]]:
            table = file.read(columns=[names[position] for position in positions], use_threads=False)
            return [_numbers(table.column(names[position]), path) for position in positions]

        return recording_of_columns(names, read, _declared(schema.metadata or {}), stated, path)


def _numbers(column: Any, path: Path) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = column.to_numpy()
    if values.dtype.kind not in "fiu":
        raise UnreadableFileError(path, "a column of a lead, or of times, holds something else than numbers")
    return values


def _declared(metadata: dict[bytes, bytes]) -> Stated:
    rate, unit = metadata.get(b"sample_rate_hz"), metadata.get(b"unit")
    return Stated(float(rate) if rate else None, unit.decode() if unit else None)


def _refuse_extent(metadata: Any, path: Path) -> None:
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    unpacked = max(
        sum(group.total_byte_size for group in groups), metadata.num_rows * metadata.num_columns * _SAMPLE_BYTES
    )
    if unpacked > max(_UNPACKED_BYTES, _GREATEST_EXPANSION * path.stat().st_size):
        raise UnreadableFileError(path, "it unpacks to many times its size; write it without packing")


def _recognises(head: bytes, _: Path) -> bool:
    return head.startswith(_MAGIC)


PARQUET = FileFormat("Parquet", (".parquet",), _recognises, single(read_parquet), extra="parquet", modules=("pyarrow",))
