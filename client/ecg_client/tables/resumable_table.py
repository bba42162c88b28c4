"""A table that whatever ends its making cannot spoil: a journal of its rows first, the file at the end.

While rows come, they are lines of a journal beside the file (`results.parquet.partial`). When all are there, the file
is written under another name, and takes its own at once: it is there whole, or it is not. Only then is the journal
removed. Of several lines about one recording the last holds.
"""

import contextlib
import dataclasses
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Self

from ecg_client.errors import UnreadableFileError, UnwritableFileError
from ecg_client.formats.file_format import Stated
from ecg_client.formats.sources import RecordingSource
from ecg_client.model_summary import ModelSummary
from ecg_client.tables.journal import Journal, journal_of, naming_faults
from ecg_client.tables.origin import Key, fingerprint, key_of
from ecg_client.tables.row_formats import ROW_FORMATS, read_rows
from ecg_client.tables.rows import Row, class_codes_of, columns


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
        # Hidden, so that no search for recordings comes upon it, even where a killed program has left it.
        self._beside = self.path.with_name(f".{self.path.name}.writing")
        self._lines: dict[Key, _Line] = {}
        self._class_codes: dict[str, None] = {}
        self.kept_count = 0
        """How many of the recordings asked for have a row that holds; known once `pending` was asked."""
        self._journal = Journal(journal_of(self.path))
        # What is only copied from a table that is there may be thrown away.
        self._is_copy = self._journal.is_new
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
        if self._is_copy:
            self._journal.remove()
        else:
            self._journal.close()

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
        """Keeps a row, whatever becomes of this program from now on.

        When it goes to the disk is left to the system. A machine that loses its power may so lose the rows of the last
        seconds, half a minute of them at times: their recordings are done again.

        Raises:
            UnwritableFileError: The disk is full, or fails.
        """
        self._is_copy = False
        self._append(row)

    def finish(self, sources: Collection[RecordingSource]) -> int:
        """Writes the table, and removes the journal.

        Args:
            sources: All recordings that this run found: rows come in their order, and after them those of files that it
                did not find. A row whose file was opened, but which has no recording for it any more, is left out.

        Returns:
            How many rows it has.

        Raises:
            UnwritableFileError: It cannot be written; the journal stays.
        """
        found = dict.fromkeys(map(key_of, sources))
        opened = (key_of(source)[0] for source in sources if source.is_found)
        paths = {path for path in opened if os.path.isabs(path)}  # noqa: PTH117 - it is text
        others = [key for key in self._lines if key not in found and key[0] not in paths]
        keys = [key for key in (*found, *others) if key in self._lines]
        with naming_faults(self.path):
            self._write(self._lines[key].offset for key in keys)
        self._journal.remove()
        return len(keys)

    def _load_journal(self) -> None:
        for offset, row in self._journal.rows():
            # What lacks something that rows have is none: its recording is done again.
            with contextlib.suppress(KeyError, ValueError, TypeError):
                self._note(row, offset)

    def _load_table(self) -> None:
        try:
            for row in read_rows(self.path):
                if _key(row) not in self._lines:
                    self._append(row)
        except UnreadableFileError as error:
            raise UnwritableFileError(self.path, error.problem) from error

    def _append(self, row: Row) -> None:
        self._note(row, self._journal.add(row))

    def _note(self, row: Row, offset: int) -> None:
        mark = row["fingerprint"]
        self._lines[_key(row)] = _Line(offset, None if mark is None else str(mark), _model(row))
        self._class_codes.update(dict.fromkeys(class_codes_of(row)))

    def _is_table(self, source: RecordingSource) -> bool:
        # A folder that the table is written into may be looked through for recordings.
        return Path(source.path).name == self.path.name and os.path.realpath(source.path) == str(self.path)

    def _is_done(self, key: Key, source: RecordingSource, summary: ModelSummary, stated: Stated) -> bool:
        line = self._lines.get(key)
        if not source.is_found or line is None or line.fingerprint is None or line.model is None:
            return False
        # Where nothing was stated, a file has said it all itself, and what is stated now changes nothing.
        is_same = any(line.fingerprint == fingerprint(source, one) for one in {stated, Stated()})
        return is_same and _is_answered_by(summary, line.model)

    def _write(self, offsets: Iterable[int]) -> None:
        try:
            with self._beside.open("wb") as file:
                writer = ROW_FORMATS[self.path.suffix.lower()].writer(file, columns(self._class_codes))
                for row in self._journal.rows_at(offsets):
                    writer.write(row)
                writer.close()
                file.flush()
                os.fsync(file.fileno())
            self._beside.replace(self.path)
        finally:
            self._beside.unlink(missing_ok=True)


def _key(row: Row) -> Key:
    return str(row["path"]), int(row["number"] or 0)


def _model(row: Row) -> tuple[str, ...] | None:
    names = ("model_name", "model_version", "model_sha256", "operating_point")
    return None if row.get("is_abstained") is None else tuple(str(row.get(name) or "") for name in names)


def _is_answered_by(summary: ModelSummary, model: tuple[str, ...]) -> bool:
    active = [point.name for point in summary.operating_points if point.is_active]
    now = (summary.model.name, summary.model.version, summary.model.sha256, *active[:1])
    return model[: len(now)] == now
