import logging
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ecg_server.records.line_file import RecordsError
from ecg_server.records.log_handler import LogHandler
from ecg_server.records.logs import start_logs
from ecg_server.settings import RecordSettings
from ecg_testing.records import a_call, a_prediction, entries, spoil

logger = logging.getLogger("a.logger")


@pytest.fixture(autouse=True)
def nothing_else_configured() -> Iterator[None]:
    """A test leaves the process's logging as it found it."""
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    assert (logging.root.handlers, logging.root.level) == (handlers, level)


def test_each_line_is_one_json_object(tmp_path: Path) -> None:
    """Time, level, logger and message first, then the fields it was given; a line break within it stays within it."""
    with start_logs(RecordSettings(log=tmp_path / "log.jsonl")):
        logger.warning("first\n%s", "second", extra={"recordings": 3})
        logger.debug("not written")

    (line,) = entries(tmp_path / "log.jsonl")
    assert list(line) == ["timestamp", "level", "logger", "message", "recordings"]
    assert datetime.fromisoformat(line.pop("timestamp")).utcoffset() is not None
    assert line == {"level": "WARNING", "logger": "a.logger", "message": "first\nsecond", "recordings": 3}


def test_an_exception_comes_with_its_traceback(tmp_path: Path) -> None:
    """It is a field of the line, not lines of its own."""
    with start_logs(RecordSettings(log=tmp_path / "log.jsonl")):
        logger.error("a call failed", exc_info=ZeroDivisionError("why"))

    (line,) = entries(tmp_path / "log.jsonl")
    assert line["exc_info"] == "ZeroDivisionError: why"


def test_warnings_are_lines_too(tmp_path: Path) -> None:
    """What Python warns of is logged as long as the log is open."""
    with start_logs(RecordSettings(log=tmp_path / "log.jsonl")), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("beware", UserWarning, stacklevel=1)

    (line,) = entries(tmp_path / "log.jsonl")
    assert (line["logger"], line["level"]) == ("py.warnings", "WARNING")


def test_without_a_file_it_is_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """Which here is no terminal: the line is JSON."""
    with start_logs(RecordSettings()):
        logger.info("hello")

    assert '"message": "hello"' in capfd.readouterr().err


def test_each_worker_has_a_file_of_its_own(tmp_path: Path) -> None:
    """Its name is in the file's, before the suffix."""
    with start_logs(RecordSettings(log=tmp_path / "log.jsonl", audit=tmp_path / "audit.jsonl"), "worker-0"):
        logger.info("hello")

    log, audit = sorted(tmp_path.iterdir(), reverse=True)
    assert log.name == "log.worker-0.jsonl"
    assert audit.name.startswith("audit.worker-0.20")


def test_a_log_is_added_to(tmp_path: Path) -> None:
    """What an earlier process wrote stays; a line that it left half written grows no further."""
    path = tmp_path / "log.jsonl"
    path.write_text('{"message": "half', encoding="utf-8")
    with start_logs(RecordSettings(log=path)):
        logger.info("whole")

    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == '{"message": "half'
    assert '"message": "whole"' in lines[1]


def test_a_log_may_be_moved_away(tmp_path: Path) -> None:
    """As logrotate does: the next line begins a new file."""
    path = tmp_path / "log.jsonl"
    with start_logs(RecordSettings(log=path)) as logs:
        logger.info("before")
        logs.check()
        path.rename(tmp_path / "old")
        logger.info("after")

    assert [line["message"] for line in entries(tmp_path / "old", path)] == ["before", "after"]


def test_a_path_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    """The error names the file and what to do, for the log and for the audit log."""
    path = tmp_path / "missing" / "log.jsonl"
    for settings, what in ((RecordSettings(log=path), "log"), (RecordSettings(audit=path), "audit log")):
        with pytest.raises(RecordsError, match=f"^the {what} {path} cannot be written: No such file or directory; "):
            start_logs(settings)


def test_a_full_disk_is_a_problem_until_there_is_room(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nobody who logs fails, nothing floods standard error, and the log says later how many lines it lacks."""
    path = tmp_path / "log.jsonl"
    spoil(path)
    with start_logs(RecordSettings(log=path)) as logs:
        for _ in range(3):
            logger.info("lost")
        problem = logs.check()
        assert problem is not None
        assert problem.startswith(f"the log {path} cannot be written: No space left on device; ")
        path.unlink()
        assert logs.check() is None
        assert logs.problem is None
        logger.info("kept")

    assert [line["message"] for line in entries(path)] == [
        "3 lines before this one could not be written and are lost",
        "kept",
    ]
    assert capfd.readouterr().err == ""


def test_a_full_disk_is_a_problem_of_the_audit_log_too(tmp_path: Path) -> None:
    """One question tells of both."""
    settings = RecordSettings(log=tmp_path / "log.jsonl", audit=tmp_path / "audit.jsonl")
    with start_logs(settings) as logs:
        assert logs.audit is not None
        (today,) = tmp_path.glob("audit.*")
        spoil(today)
        logs.audit.write(a_call(), "", a_prediction())
        problem = logs.check()
        assert problem is not None
        assert problem.startswith(f"the audit log {tmp_path}/audit.jsonl cannot be written: ")
        today.unlink()
        assert logs.check() is None


def test_a_line_that_cannot_be_put_into_words_fails_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It is said instead whose line it was."""
    handler = LogHandler(tmp_path / "log.jsonl")
    handler.handle(logging.LogRecord("a.logger", logging.INFO, "a.py", 1, "%d", ("no number",), None))
    handler.close()

    (line,) = entries(tmp_path / "log.jsonl")
    assert line["message"] == "a line of a.logger could not be put into words"
    assert capfd.readouterr().err == ""
