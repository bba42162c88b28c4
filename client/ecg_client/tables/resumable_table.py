"""A table that whatever ends its making cannot spoil: a journal of its rows first, the file at the end.

While rows come, they are lines of a journal beside the file (`results.parquet.partial`). Each is one write of a whole
line, so that a program which is killed leaves half a line at most, at the end, and that is cut off. When all are there,
the file is written under another name, and takes its own at once: it is there whole, or it is not. Only then is the
journal removed. Of several lines about one recording the last holds.
"""

import contextlib
import dataclasses
import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Self

from ecg_client.errors import UnreadableFileError, UnwritableFileError
from ecg_client.formats.file_format import Stated
from ecg_client.formats.sources import RecordingSource
from ecg_client.model_summary import ModelSummary
from ecg_client.tables.origin import Key, fingerprint, key_of
from ecg_client.tables.row_formats import ROW_FORMATS, json_row, read_rows
from ecg_client.tables.rows import Row, class_codes_of, columns

try:
    import fcntl
except ImportError:  # Windows has none: there nobody is kept from writing to one table twice at once.
    fcntl = None  # type: ignore[assignment]

# The first column of every row.
_FIRST_BYTES = b'{"path"'


@dataclasses.dataclass(frozen=True, slots=True)
class _Line:
    """A line of the journal, as far as it is kept in memory.

    Attributes:
        offset: Where in the journal it begins.
        fingerprint: That of the recording.
        model: Which model answered, at which operating point; None: none did.
    """

    offset: int
    fingerprint: str | None
    model: tuple[str, ...] | None


class ResumableTable:
    """A table in the making, and what an earlier run left of it. Memory is needed for where the row of each is.

    Args:
        path: Where the table shall be; its suffix says in which of `ROW_FORMATS`.

    Raises:
        UnwritableFileError: Nothing can be written there, another program does, or what is there is no table of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))
        self.journal = journal_of(self.path)
        # Hidden, so that no search for recordings comes upon it, even where a killed program has left it.
        self._beside = self.path.with_name(f".{self.path.name}.writing")
        self._lines: dict[Key, _Line] = {}
        self._class_codes: dict[str, None] = {}
        self.kept_count = 0
        """How many of the recordings asked for have a row that holds; known once `pending` was asked."""
        with _naming(self.journal):
            self._file = _locked(self.journal)
        # What is only copied from a table that is there may be thrown away.
        self._is_copy = not os.fstat(self._file).st_size
        try:
            self._load_journal()
            if self.path.exists():
                self._load_table()
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)
        if self._is_copy:
            self.journal.unlink(missing_ok=True)

    def pending(
        self, sources: Iterable[RecordingSource], summary: ModelSummary, stated: Stated
    ) -> list[RecordingSource]:
        """Returns the recordings that have yet to be classified, each once.

        That is one without a prediction, one whose files have changed since, or of which something else was stated, and
        one that another model answered, or the same at another operating point.
        """
        self._class_codes = {**dict.fromkeys(summary.class_codes), **self._class_codes}
        unique = {key_of(source): source for source in sources if not self._is_table(source)}
        pending = [source for key, source in unique.items() if not self._is_done(key, source, summary, stated)]
        self.kept_count = len(unique) - len(pending)
        return pending

    def add(self, row: Row) -> None:
        """Keeps a row; from now on nothing but the disk can lose it.

        Raises:
            UnwritableFileError: The disk is full, or fails.
        """
        self._is_copy = False
        self._append(row)

    def finish(self, sources: Collection[RecordingSource]) -> int:
        """Writes the table, and removes the journal.

        Args:
            sources: All recordings that this run found: rows come in their order, and after them those of files that it
                did not find. A row whose file is there, but which the file has no recording for any more, is left out.

        Returns:
            How many rows it has.

        Raises:
            UnwritableFileError: It cannot be written; the journal stays.
        """
        found = dict.fromkeys(map(key_of, sources))
        paths = {path for path, _ in found if os.path.isabs(path)}  # noqa: PTH117 - it is text
        others = [key for key in self._lines if key not in found and key[0] not in paths]
        keys = [key for key in (*found, *others) if key in self._lines]
        with _naming(self.path):
            self._write(self._lines[key].offset for key in keys)
            self.journal.unlink()
        return len(keys)

    def _load_journal(self) -> None:
        offset = 0
        with open(self._file, "rb", closefd=False) as lines:
            for line in lines:
                if not offset and not line.startswith(_FIRST_BYTES):
                    raise UnwritableFileError(self.journal, "it is something else than rows; move it, or name another")
                if not line.endswith(b"\n"):
                    os.ftruncate(self._file, offset)
                    break
                # A line that is none is one that the disk has lost: its recording is done again.
                with contextlib.suppress(ValueError, KeyError):
                    self._note(json.loads(line), offset)
                offset += len(line)

    def _load_table(self) -> None:
        try:
            for row in read_rows(self.path):
                if _key(row) not in self._lines:
                    self._append(row)
        except UnreadableFileError as error:
            raise UnwritableFileError(self.path, error.problem) from error

    def _append(self, row: Row) -> None:
        line = json_row(row)
        with _naming(self.journal):
            offset = os.lseek(self._file, 0, os.SEEK_END)
            if os.write(self._file, line) < len(line):
                raise OSError(0, "the disk is full")
        self._note(row, offset)

    def _note(self, row: Row, offset: int) -> None:
        mark = row["fingerprint"]
        self._lines[_key(row)] = _Line(offset, None if mark is None else str(mark), _model(row))
        self._class_codes.update(dict.fromkeys(class_codes_of(row)))

    def _is_table(self, source: RecordingSource) -> bool:
        # A folder that the table is written into may be looked through for recordings.
        return Path(source.path).name == self.path.name and os.path.realpath(source.path) == str(self.path)

    def _is_done(self, key: Key, source: RecordingSource, summary: ModelSummary, stated: Stated) -> bool:
        line = self._lines.get(key)
        if line is None or line.fingerprint is None or line.model is None:
            return False
        # Where nothing was stated, a file has said it all itself, and what is stated now changes nothing.
        is_same = any(line.fingerprint == fingerprint(source, one) for one in {stated, Stated()})
        return is_same and _is_answered_by(summary, line.model)

    def _write(self, offsets: Iterable[int]) -> None:
        try:
            with self._beside.open("wb") as file, open(self._file, "rb", closefd=False) as journal:
                writer = ROW_FORMATS[self.path.suffix.lower()].writer(file, columns(self._class_codes))
                for offset in offsets:
                    journal.seek(offset)
                    writer.write(json.loads(journal.readline()))
                writer.close()
                file.flush()
                os.fsync(file.fileno())
            self._beside.replace(self.path)
        finally:
            self._beside.unlink(missing_ok=True)


def journal_of(path: Path) -> Path:
    """Returns where the rows of a table are while it is in the making."""
    return path.with_name(f"{path.name}.partial")


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise OSError(error.errno, "another program is writing it at the moment") from error
    return descriptor


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnwritableFileError(path, error.strerror or "it cannot be written") from error


def _key(row: Row) -> Key:
    return str(row["path"]), int(row["number"] or 0)


def _model(row: Row) -> tuple[str, ...] | None:
    names = ("model_name", "model_version", "model_sha256", "operating_point")
    return None if row.get("is_abstained") is None else tuple(str(row.get(name) or "") for name in names)


def _is_answered_by(summary: ModelSummary, model: tuple[str, ...]) -> bool:
    active = [point.name for point in summary.operating_points if point.is_active]
    now = (summary.model.name, summary.model.version, summary.model.sha256, *active[:1])
    return model[: len(now)] == now
