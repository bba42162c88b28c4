"""A worker: loads the model once, then turns chunks of an archive into parts of a table."""

import collections
import functools
import io
import pickle
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pyarrow import fs

from ecg_client.outcomes import Item
from ecg_client.tables.row_formats import PARQUET
from ecg_client.tables.rows import Row, columns, row_of
from ecg_cluster.archive.classifying import LocalService
from ecg_cluster.archive.errors import ArchiveError
from ecg_cluster.archive.job import Chunk, Job, identity_of
from ecg_cluster.archive.reading import Read, read_unit
from ecg_cluster.archive.reading_ahead import read_ahead

if TYPE_CHECKING:
    from ecg_client.tables.origin import Origin

# A disk answers at once, and parsing holds the interpreter; of a bucket each file takes hundredths of a second.
LOCAL_THREADS, BUCKET_THREADS = 1, 16
RECORDINGS_AHEAD = 64
MOST_DEATHS = 3

CHUNK = "chunk"
Columns = dict[str, npt.NDArray[np.object_]]


@dataclass(frozen=True, slots=True)
class Written:
    """A part that a worker wrote; it is not yet in the table.

    Attributes:
        part: its name in the table.
        path: where it lies for now; empty: it has no rows, and there is none.
        recordings: its rows.
        failed: its rows without a prediction.
        passed_over: the units of which it has no row, since nobody meant them to be recordings: name and fingerprint.
    """

    part: str
    path: str
    recordings: int
    failed: int
    passed_over: dict[str, str] = field(default_factory=dict)


class Worker:
    """Classifies chunks, one after the other. Ray makes one in each process of the pool.

    Args:
        job: what is the same for all chunks.

    Raises:
        BundleError: there is no such model here, or it cannot be used.
        ArchiveError: the model is another one here.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        classifier = job.model.load()
        if identity_of(classifier) != job.identity:
            raise ArchiveError(
                f"a worker has {identity_of(classifier)} for {job.model.model!r}, and not {job.identity}; give all "
                "machines the same"
            )
        self._service = LocalService(classifier)

    def __call__(self, batch: Columns) -> Columns:
        """Write a part for each chunk of a batch, and tell of it."""
        written = [self.write_part(pickle.loads(chunk)) for chunk in batch[CHUNK]]  # noqa: S301 - our own
        return {CHUNK: np.array([pickle.dumps(one) for one in written], dtype=object)}

    def write_part(self, chunk: Chunk) -> Written:
        """Write the part of a chunk."""
        begun = self._begin(chunk)
        rows = sorted(self._rows(chunk), key=_order)
        failed = sum(row.get("reason") is not None for row in rows)
        # Under a name of its own: what is tried again may meet what a worker that was given up still writes.
        path = f"{self._job.output.path}/{uuid.uuid4().hex}.parquet" if rows else ""
        if rows:
            # A bucket has it whole or not at all; on a disk, only who waits for it gives it its name in the table.
            with self._job.output.filesystem.open_output_stream(path) as file:
                file.write(_parquet(rows, self._job.class_codes))
        self._job.output.filesystem.delete_file(begun)
        return Written(chunk.name, path, len(rows), failed, _without_rows(chunk, rows))

    def _begin(self, chunk: Chunk) -> str:
        """Leave a sign that a chunk was begun, and return where; give up one whose workers have died over and over.

        Ray would try it again for ever.
        """
        files, folder = self._job.output.filesystem, self._job.output.path
        begun = [info for info in files.get_file_info(fs.FileSelector(folder)) if chunk.name in info.base_name]
        if len(begun) >= MOST_DEATHS:
            first, last = chunk.units[0].name, chunk.units[-1].name
            raise ArchiveError(
                f"{len(begun)} workers died while they had {len(chunk.units)} files from {first} to {last}; see that "
                "there is memory enough, or find the file with --part-files 1"
            )
        sign = f"{folder}/{chunk.name}.begun-{uuid.uuid4().hex}"
        with files.open_output_stream(sign):
            return sign

    def _rows(self, chunk: Chunk) -> Iterator[Row]:
        origins: collections.deque[Origin] = collections.deque()

        def items() -> Iterator[Item]:
            for origin, item in self._read(chunk):
                origins.append(origin)
                yield item

        for outcome in self._service.outcomes(items()):
            yield row_of(outcome, origins.popleft())

    def _read(self, chunk: Chunk) -> Iterator[Read]:
        read = functools.partial(read_unit, place=chunk.place, stated=self._job.stated)
        threads = LOCAL_THREADS if chunk.place.is_local else BUCKET_THREADS
        return read_ahead(chunk.units, read, threads, RECORDINGS_AHEAD)


def _without_rows(chunk: Chunk, rows: list[Row]) -> dict[str, str]:
    paths = {row["path"] for row in rows}
    return {unit.name: unit.fingerprint for unit in chunk.units if unit.name not in paths}


def _order(row: Row) -> tuple[str, int]:
    return str(row["path"]), int(row["number"] or 0)


def _parquet(rows: list[Row], class_codes: tuple[str, ...]) -> bytes:
    file = io.BytesIO()
    writer = PARQUET.writer(file, columns(class_codes))
    for row in rows:
        writer.write(row)
    writer.close()
    return file.getvalue()
