"""Starts the log, and the audit log where one is wanted: instead of `logging.basicConfig`."""

import json
import logging
import os
from pathlib import Path
from typing import Any, Self

from pythonjsonlogger.core import RESERVED_ATTRS, merge_record_extra
from pythonjsonlogger.json import JsonFormatter

from ecg_server.records.audit_log import AuditLog
from ecg_server.records.background_writer import CAPACITY, BackgroundWriter
from ecg_server.records.line_file import STANDARD_ERROR, LineFile, RecordsError, StandardError
from ecg_server.records.time_text import utc_text
from ecg_server.settings import RecordSettings

# How long a check waits for a disk.
CHECK_SECONDS = 3.0

logger = logging.getLogger(__name__)


class Logs:
    """What the process writes down, until it is closed. It is made by `start_logs`.

    A log that cannot be written fails no call: its lines are lost and counted, and the log says how many as soon as it
    can be written again. But a server that cannot say what it does is not to go on unseen: `problem` makes it
    NOT_SERVING, the audit log's no less than the log's.

    Attributes:
        audit: the audit log; None: none is wanted.
    """

    def __init__(self, log: "LogHandler", audit: AuditLog | None) -> None:
        self.audit = audit
        self._log = log
        self._level = logging.root.level
        logging.root.addHandler(log)
        logging.root.setLevel(logging.INFO)
        logging.captureWarnings(capture=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def problem(self) -> str | None:
        """What cannot be written, why, and what to do; None: nothing is wrong."""
        return self._log.problem or (self.audit.problem if self.audit is not None else None)

    def check(self) -> str | None:
        """Try to write what could not be written, and return the problem that is left; blocks while a disk does."""
        self._log.check()
        if self.audit is not None:
            self.audit.check(CHECK_SECONDS)
        return self.problem

    def close(self) -> None:
        """Write what is still to be written, and go back to the logging there was before."""
        logging.captureWarnings(capture=False)
        logging.root.setLevel(self._level)
        logging.root.removeHandler(self._log)
        self._log.close()
        if self.audit is not None:
            self.audit.close()


def start_logs(settings: RecordSettings, worker: str = "") -> Logs:
    """Write the log and the audit log from now on; what they hold already stays.

    Each line of the log is one JSON object; on a terminal, where people read, it is a line of words. Of several
    processes each has files of its own: with the worker "worker-0" log.jsonl is log.worker-0.jsonl. Their parent
    answers no recording and needs no audit log: leave it out of its settings.

    Args:
        settings: where to.
        worker: the name of this process among several.

    Raises:
        RecordsError: a file cannot be written; say so and do not serve.
    """
    log = LogHandler(_own(settings.log, worker))
    try:
        audit = _own(settings.audit, worker)
        return Logs(log, None if audit is None else AuditLog(audit))
    except RecordsError:
        log.close()
        raise


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

    def check(self) -> None:
        """Try to write, if that failed before."""
        self._writer.check(CHECK_SECONDS)

    def emit(self, record: logging.LogRecord) -> None:
        """Have a record written."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - whoever logs must not fail for it
            line = self.format(_record(logging.ERROR, f"a line of {record.name} could not be put into words"))
        self._writer.put(line)

    def flush(self) -> None:
        """Wait until all is written."""
        self._writer.flush(CHECK_SECONDS)

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
            self._lines.write(line.encode())


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


def _own(path: Path | None, worker: str) -> Path | None:
    return path.with_name(f"{path.stem}.{worker}{path.suffix}") if path is not None and worker else path


def _opened(path: Path) -> LineFile:
    try:
        return LineFile(path)
    except OSError as error:
        raise RecordsError("the log", path, error) from error
