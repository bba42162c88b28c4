"""How what is logged becomes lines."""

import json
import logging
import os
from pathlib import Path
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS, merge_record_extra
from pythonjsonlogger.json import JsonFormatter

from ecg_server.records.background_writer import CAPACITY, LAST_WORDS_SECONDS, BackgroundWriter
from ecg_server.records.line_file import STANDARD_ERROR, LineFile, RecordsError, StandardError
from ecg_server.records.time_text import utc_text


class LogHandler(logging.Handler):
    """Takes log records, and has their lines written in a thread.

    Args:
        path: the file to write to; None: standard error.
        capacity: lines that may wait.

    Raises:
        RecordsError: the file cannot be written.
    """

    def __init__(self, path: Path | None, capacity: int = CAPACITY) -> None:
        super().__init__()
        self._lines = StandardError() if path is None else _opened(path)
        self.setFormatter(WordsFormatter() if path is None and os.isatty(STANDARD_ERROR) else LineFormatter())
        what = "the log on standard error" if path is None else f"the log {path}"
        self._writer: BackgroundWriter[str] = BackgroundWriter(what, self._write, capacity)

    @property
    def problem(self) -> str | None:
        """Why lines are being lost; None: they are not."""
        return self._writer.problem

    def check(self, seconds: float) -> str | None:
        """Try to write, if that failed before; return the problem since the last check; blocks while the disk does."""
        return self._writer.check(seconds)

    def emit(self, record: logging.LogRecord) -> None:
        """Have a record written."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - whoever logs must not fail for it
            line = self.format(_record(logging.ERROR, f"a line of {record.name} could not be put into words"))
        self._writer.put(line)

    def flush(self) -> None:
        """Wait until all is written."""
        self._writer.flush(LAST_WORDS_SECONDS)

    def close(self) -> None:
        """Write what is still to be written, and end."""
        self._writer.close()
        self._lines.close()
        super().close()

    def _write(self, line: str | None, lost: int) -> None:
        if lost:
            message = f"{lost} lines before this one could not be written and are lost"
            self._lines.write(self.format(_record(logging.ERROR, message)).encode())
        if line is not None:
            self._lines.write(line.encode(errors="backslashreplace"))


class LineFormatter(JsonFormatter):
    """One JSON object a line: timestamp, level, logger, message, the record's own fields, and exc_info if any."""

    def __init__(self) -> None:
        names = {"asctime": "timestamp", "levelname": "level", "name": "logger"}
        super().__init__(["asctime", "levelname", "name", "message"], rename_fields=names)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - logging's
        """Return when it was, in UTC, as ISO 8601."""
        return utc_text(record.created)


class WordsFormatter(logging.Formatter):
    """A line of words, and the record's own fields behind it as name=value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's
        """Return the line, all but an exception's traceback."""
        fields: dict[str, Any] = merge_record_extra(record, {}, RESERVED_ATTRS)
        # As JSON, so that nothing that a caller sent writes to the terminal what it likes.
        words = (f"{name}={json.dumps(value, default=str)}" for name, value in fields.items())
        return " ".join([super().formatMessage(record), *words])


def _record(level: int, message: str) -> logging.LogRecord:
    return logging.LogRecord(__name__, level, __file__, 0, message, None, None)


def _opened(path: Path) -> LineFile:
    try:
        return LineFile(path)
    except OSError as error:
        raise RecordsError("the log", path, error) from error
