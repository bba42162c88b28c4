"""Starts the log, and the audit log where one is wanted: instead of `logging.basicConfig`."""

import logging
from pathlib import Path
from typing import Self

from ecg_server.records.audit_log import AuditLog
from ecg_server.records.line_file import RecordsError
from ecg_server.records.log_handler import LogHandler
from ecg_server.settings import RecordSettings

# How long a check waits for a disk.
CHECK_SECONDS = 3.0


class Logs:
    """What the process writes down, until it is closed. It is made by `start_logs`.

    A log that cannot be written fails no call: its lines are lost and counted, and the log says how many as soon as it
    can be written again. But a server that cannot say what it does is not to go on unseen: `problem` makes it
    NOT_SERVING, the audit log's no less than the log's.

    Attributes:
        audit: the audit log; None: none is wanted.
    """

    def __init__(self, log: LogHandler, audit: AuditLog | None) -> None:
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
        """Try to write what could not be written; return the problem since the last check; blocks while a disk does."""
        problem = self._log.check(CHECK_SECONDS)
        of_audit = self.audit.check(CHECK_SECONDS) if self.audit is not None else None
        return problem or of_audit

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


def _own(path: Path | None, worker: str) -> Path | None:
    return path.with_name(f"{path.stem}.{worker}{path.suffix}") if path is not None and worker else path
