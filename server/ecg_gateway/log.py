"""The log on standard error: a line of JSON for each event, words where people read it."""

import logging
import sys
from datetime import UTC, datetime

import orjson

# What every record has; all else was said in `extra`.
_RESERVED = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def start_log() -> None:
    """Write what all loggers say, from INFO on, to standard error."""
    to_standard_error = logging.StreamHandler(sys.stderr)
    to_standard_error.setFormatter(_Words() if sys.stderr.isatty() else _Json())
    logging.basicConfig(level=logging.INFO, handlers=[to_standard_error], force=True)
    # It says nothing but that it starts and ends.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


class _Json(logging.Formatter):
    """An object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        said = {"time": _time(record), "level": record.levelname, "message": record.getMessage()}
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return orjson.dumps(said | _extra(record), default=str).decode()


class _Words(logging.Formatter):
    """Time, message, and whatever else is known as NAME=VALUE."""

    def format(self, record: logging.LogRecord) -> str:
        extra = " ".join(f"{name}={value}" for name, value in _extra(record).items())
        line = f"{_time(record)[11:19]} {record.levelname} {record.getMessage()} {extra}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _RESERVED}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
