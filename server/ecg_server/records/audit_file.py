"""The files of an audit log: one a day, whose lines vouch for those before them."""

import glob
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from ecg_server.records.audit_chain import BEFORE, end_of_chain, following
from ecg_server.records.line_file import LineFile

Entry = Mapping[str, object]

_to_json = json.JSONEncoder(separators=(",", ":")).encode
_DAY_LENGTH = len("2026-01-31")


class AuditFile:
    """The file of today, which goes on from the newest there is.

    The day is in its name: audit.jsonl is audit.2026-01-31.jsonl. With the first line of another day a new one is
    begun. No file is ever renamed, cut or deleted, so that the system may be told to let them only grow (`chattr +a`).

    Args:
        path: the file, without the day.
        today: which day it is.

    Raises:
        OSError: it cannot be opened or read; BlockingIOError: another process writes to it.
    """

    def __init__(self, path: Path, today: Callable[[], date]) -> None:
        self._path = path
        self._today = today
        self._day = max(map(self._day_of, self._files()), default="")
        self._before = ""
        self._file: LineFile | None = None
        self._current()

    def write(self, entry: Entry) -> None:
        """Add a line.

        Raises:
            OSError: it could not be written, or only a part of it.
        """
        file = self._current()
        line = _to_json({BEFORE: self._before, **entry}).encode()
        try:
            file.write(line)
        except OSError:
            self._file = None
            raise
        self._before = following(self._before, line)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _current(self) -> LineFile:
        # Should the clock go back, the newest file is gone on with: the order of their names is that of the lines.
        day = max(self._today().isoformat(), self._day)
        if self._file is None:
            # At the start, and after a failure: what is really on the disk, only the disk can tell.
            file = self._open(day)
            try:
                self._before = end_of_chain(self._files())
            except OSError:
                file.close()
                raise
            self._file = file
        elif day > self._day:
            self._file.close()
            self._file = self._open(day)
        self._day = day
        return self._file

    def _open(self, day: str) -> LineFile:
        return LineFile(self._path.with_name(f"{self._path.stem}.{day}{self._path.suffix}"), is_exclusive=True)

    def _files(self) -> list[Path]:
        day = "[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]"
        stem, suffix = glob.escape(self._path.stem), glob.escape(self._path.suffix)
        return sorted(self._path.parent.glob(f"{stem}.{day}{suffix}"))

    def _day_of(self, path: Path) -> str:
        return path.name.removesuffix(self._path.suffix)[-_DAY_LENGTH:]
