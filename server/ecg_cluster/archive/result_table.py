"""The table that an archive becomes: a folder of Parquet files, its parts, which only the program that runs changes.

    OUT/part-….parquet    rows; every part is whole, and no recording is in two of them
    OUT/_SUCCESS          there when the last run came to its end; empty
    OUT/_passed_over.json which files are no recordings, so that nobody looks again; not there where all are
    OUT/_writing/         what workers write; a part is moved out of it when it is whole
    OUT/_lock             keeps a second program away, on disks

What begins with _ is passed over by all that read such folders: pandas, pyarrow, Spark, DuckDB's **/part-*.parquet.
"""

import contextlib
import io
import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from ecg_cluster.archive.errors import ArchiveError
from ecg_cluster.archive.job import ModelIdentity
from ecg_cluster.archive.places import Place, local_path
from ecg_cluster.archive.unit import Unit
from ecg_cluster.archive.worker import Written

try:
    import fcntl
except ImportError:  # Windows has none: there nothing keeps two programs from one table.
    fcntl = None  # type: ignore[assignment]

SUCCESS = "_SUCCESS"
PASSED_OVER = "_passed_over.json"
LOCK = "_lock"
WRITING = "_writing"
PART = "part-"
_COLUMNS = ("path", "reason", "fingerprint", "model_name", "model_version", "model_sha256", "operating_point")


@dataclass(slots=True)
class Kept:
    """What an earlier run left that still holds.

    Attributes:
        paths: the names of the units whose rows hold, and of those that still are no recordings.
        recordings: how many rows hold.
        failed: how many of them have no prediction.
    """

    paths: set[str] = field(default_factory=set)
    recordings: int = 0
    failed: int = 0


class ResultTable:
    """The table of an archive, open for one program.

    Args:
        place: its folder; it is made.

    Raises:
        ArchiveError: nothing can be written there, or another program does.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.writing = place.at(f"{place.path}/{WRITING}")
        self._files = place.filesystem
        self._lock: BinaryIO | None = None
        # Names and fingerprints.
        self._passed_over: dict[str, str] = {}

    def __enter__(self) -> Self:
        with _naming_faults(self.place):
            self._files.create_dir(self.place.path, recursive=True)
            self._lock = _locked(self.place)
            # Of a run that was killed: nobody knows whether it is whole.
            self._remove_writing()
            self._files.create_dir(self.writing.path, recursive=True)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._remove_writing()
        if self._lock is not None:
            self._lock.close()

    def keep(self, units: Iterable[Unit], model: ModelIdentity, *, replace: bool, retry: bool) -> Kept:
        """Take out the rows that hold no more, and return what is left of those units.

        Those that hold no more are all rows of a unit one of whose files is another now, or of which something else is
        stated. Rows of files that are not among the units stay as they are.

        Args:
            units: what is in the archive.
            model: which model answers now.
            replace: whether all rows are taken out, should another model have answered one of them.
            retry: whether those of units are taken out that have a row without a prediction.

        Raises:
            ArchiveError: another model answered, and its rows are not to be replaced; or a part is none.
        """
        fingerprints = {unit.name: unit.fingerprint for unit in units}
        parts = list(self._parts())
        others = {other for part in parts for other in _other_models(self._read(part), model)}
        if others and not replace:
            raise ArchiveError(
                f"{self.place}: its rows are of {', '.join(sorted(map(str, others)))}, and not of {model}; name "
                "another --output, or give --replace to do them all again"
            )
        with _naming_faults(self.place):
            if others:
                self.reopen()
                for part in parts:
                    self._remove(part)
                return Kept()
            kept = Kept()
            for part in parts:
                self._keep_of(part, fingerprints, kept, retry=retry)
            if not retry:
                self._passed_over = self._read_passed_over(fingerprints)
            kept.paths.update(self._passed_over)
            return kept

    def reopen(self) -> None:
        """Say that it is about to change, and no longer all that was asked for.

        Raises:
            ArchiveError: that cannot be said.
        """
        with _naming_faults(self.place):
            self._remove(f"{self.place.path}/{SUCCESS}")

    def publish(self, written: Written) -> None:
        """Put a part into the table that a worker wrote.

        Raises:
            ArchiveError: it is not where the worker wrote it, or the table cannot be written.
        """
        self._passed_over.update(written.passed_over)
        if written.path:
            with _naming_faults(self.place):
                self._files.move(written.path, f"{self.place.path}/{written.part}")

    def complete(self) -> None:
        """Say that all that was asked for is in the table.

        Raises:
            ArchiveError: it cannot be written.
        """
        with _naming_faults(self.place):
            if self._passed_over:
                self._write(PASSED_OVER, json.dumps(self._passed_over).encode())
            else:
                self._remove(f"{self.place.path}/{PASSED_OVER}")
            self._write(SUCCESS, b"")

    def part_count(self) -> int:
        """Return of how many parts it consists."""
        return sum(1 for _ in self._parts())

    def _parts(self) -> Iterator[str]:
        for info in self._files.get_file_info(fs.FileSelector(self.place.path)):
            if info.is_file and info.base_name.startswith(PART):
                yield info.path

    def _write(self, name: str, content: bytes) -> None:
        with self._files.open_output_stream(f"{self.place.path}/{name}") as file:
            file.write(content)

    def _read_passed_over(self, fingerprints: dict[str, str]) -> dict[str, str]:
        """Return which units still are no recordings; none where nobody knows: then they are looked at again."""
        try:
            with self._files.open_input_file(f"{self.place.path}/{PASSED_OVER}") as file:
                known = json.loads(file.read())
        except (FileNotFoundError, ValueError):
            return {}
        return {name: known[name] for name in known if known[name] == fingerprints.get(name)}

    def _read(self, part: str, names: Collection[str] | None = _COLUMNS) -> Any:
        try:
            with self._files.open_input_file(part) as file:
                return pq.read_table(file, columns=None if names is None else list(names))
        except (pa.ArrowException, OSError) as error:
            raise ArchiveError(
                f"{self.place.name_of(part)}: it is no part of such a table; remove it, and its recordings are done "
                "again"
            ) from error

    def _keep_of(self, part: str, fingerprints: dict[str, str], kept: Kept, *, retry: bool) -> None:
        table = self._read(part)
        rows = list(zip(*(table.column(name).to_pylist() for name in ("path", "reason", "fingerprint")), strict=True))
        stale = {
            path
            for path, reason, fingerprint in rows
            if fingerprints.get(path, fingerprint) != fingerprint or (retry and reason and path in fingerprints)
        }
        # In two parts a recording is only where two programs wrote to one bucket.
        stale |= kept.paths.intersection(path for path, _, _ in rows)
        if stale:
            self.reopen()
            self._rewrite(part, [path not in stale for path, _, _ in rows])
        held = [(path, reason) for path, reason, _ in rows if path not in stale and path in fingerprints]
        kept.paths.update(path for path, _ in held)
        kept.recordings += len(held)
        kept.failed += sum(reason is not None for _, reason in held)

    def _rewrite(self, part: str, is_kept: list[bool]) -> None:
        """Leave rows out of a part, at once."""
        left = self._read(part, None).filter(pa.array(is_kept))
        if not left.num_rows:
            self._remove(part)
            return
        content = io.BytesIO()
        pq.write_table(left, content, compression="zstd")
        beside = f"{self.writing.path}/rewritten.parquet"
        with self._files.open_output_stream(beside) as file:
            file.write(content.getvalue())
        self._files.move(beside, part)

    def _remove(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._files.delete_file(path)

    def _remove_writing(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._files.delete_dir(self.writing.path)


def _other_models(table: Any, model: ModelIdentity) -> Iterator[ModelIdentity]:
    names = ("model_name", "model_version", "model_sha256", "operating_point")
    answered = Counter(zip(*(table.column(name).to_pylist() for name in names), strict=True))
    for name, version, sha256, operating_point in answered:
        other = ModelIdentity(name or "", version or "", sha256 or "", operating_point or "")
        # A row without a prediction is no model's.
        if name is not None and other != model:
            yield other


def _locked(place: Place) -> BinaryIO | None:
    if not place.is_local or fcntl is None:
        return None
    file = (local_path(place) / LOCK).open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise OSError(error.errno, "another program is writing it at the moment") from error
    return file


@contextlib.contextmanager
def _naming_faults(place: Place) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = error.strerror or (os.strerror(error.errno) if error.errno else str(error))
        raise ArchiveError(f"{place}: {problem}; see that it can be written") from error
