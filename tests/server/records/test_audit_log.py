import errno
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ecg.v1 import prediction_pb2 as pb
from ecg_server.records.__main__ import main
from ecg_server.records.audit_chain import BEGINNING, BrokenChainError, verify_audit_log
from ecg_server.records.audit_file import AuditFile
from ecg_server.records.audit_log import AuditLog
from ecg_server.records.line_file import RecordsError
from ecg_testing.records import a_call, a_prediction, entries, spoil

FIRST, SECOND = date(2026, 1, 31), date(2026, 2, 1)
REFUSAL = pb.RecordingError(code=3, reason="LEAD_MISSING", message="lead V1 is missing")


@dataclass
class Calendar:
    """A day that a test may turn."""

    day: date = FIRST

    def __call__(self) -> date:
        """Return the day."""
        return self.day


def write(path: Path, *names: str, day: date = FIRST) -> None:
    """Run a server's audit log that writes a line for each name, as its request id."""
    log = AuditLog(path, Calendar(day))
    for name in names:
        log.write(a_call(name), "d" * 64, a_prediction())
    log.close()


def names(*paths: Path) -> list[str]:
    """Return the request ids of the lines."""
    return [entry["request_id"] for entry in entries(*paths)]


def lines_of(path: Path) -> list[bytes]:
    """Return the lines, with their ends."""
    return path.read_bytes().splitlines(keepends=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the audit log's path, as settings have it."""
    return tmp_path / "audit.jsonl"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """Return the file of the first day."""
    return tmp_path / "audit.2026-01-31.jsonl"


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """Return the file of the second day."""
    return tmp_path / "audit.2026-02-01.jsonl"


def test_a_classified_recording_is_one_line(path: Path, first: Path) -> None:
    """Who asked, the digest of what, what was found, and by which model at which thresholds."""
    before = datetime.now(UTC)
    write(path, "q1")

    (entry,) = entries(first)
    # To the millisecond.
    assert (datetime.fromisoformat(entry.pop("time")) - before).total_seconds() > -0.001
    assert entry.pop("software")
    assert entry == {
        "before_sha256": BEGINNING,
        "request_id": "q1",
        "caller": "ward 3",
        "method": "/ecg.v1.EcgService/Predict",
        "input_sha256": "d" * 64,
        "positive": ["MI"],
        "probabilities": {"NORM": 0.25, "MI": 0.75},
        "abstentions": ["UNFAMILIAR"],
        "model": {"name": "fake", "version": "1.0.0", "sha256": "a" * 64},
        "operating_point": "f1",
    }


def test_a_refused_recording_is_one_line(path: Path, first: Path) -> None:
    """It has the reason, and neither a decision nor the words that were said."""
    log = AuditLog(path, Calendar())
    log.write(a_call(), "", REFUSAL)
    log.close()

    (entry,) = entries(first)
    assert entry["error"] == "LEAD_MISSING"
    assert "positive" not in entry
    assert "V1" not in first.read_text(encoding="utf-8")


def test_the_chain_goes_on_over_midnight_and_restarts(path: Path, first: Path, second: Path) -> None:
    """A new file begins with the day, the old one stays as it was, and all lines follow from one another."""
    calendar = Calendar()
    log = AuditLog(path, calendar)
    log.write(a_call("q1"), "", a_prediction())
    log.check(60)
    whole = first.read_bytes()
    calendar.day = SECOND
    log.write(a_call("q2"), "", a_prediction())
    log.close()
    write(path, "q3", day=SECOND)

    assert first.read_bytes() == whole
    assert names(first, second) == ["q1", "q2", "q3"]
    chain = verify_audit_log([first, second])
    assert (chain.lines, chain.torn, chain.has_beginning) == (3, 0, True)


def test_a_clock_that_goes_back_changes_no_order(path: Path, first: Path, second: Path) -> None:
    """The newest file is gone on with."""
    write(path, "q1", day=SECOND)
    write(path, "q2", day=FIRST)

    assert names(second) == ["q1", "q2"]
    assert not first.exists()


def test_the_days_left_after_old_ones_went_are_still_whole(path: Path, first: Path, second: Path) -> None:
    """It is said that there was something before."""
    write(path, "q1")
    write(path, "q2", "q3", day=SECOND)
    first.unlink()

    assert verify_audit_log([second]).has_beginning is False


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_changed_line_shows(path: Path, first: Path, number: int) -> None:
    """It is the next line that does not follow."""
    write(path, "q1", "q2", "q3", "q4")
    lines = lines_of(first)
    lines[number] = lines[number].replace(b"0.75", b"0.55")
    first.write_bytes(b"".join(lines))

    with pytest.raises(BrokenChainError, match=f"^{first}:{number + 2}: "):
        verify_audit_log([first])


def test_a_removed_line_shows(path: Path, first: Path) -> None:
    """As does one that was put in, or two that changed places."""
    write(path, "q1", "q2", "q3")
    one, two, three = lines_of(first)
    for spoiled in ([one, three], [one, one, two, three], [two, one, three], [one, b"half\n", three]):
        first.write_bytes(b"".join(spoiled))
        with pytest.raises(BrokenChainError):
            verify_audit_log([first])


def test_a_removed_day_shows(path: Path, first: Path, second: Path, tmp_path: Path) -> None:
    """The lines of the third do not follow from those of the first."""
    write(path, "q1")
    write(path, "q2", day=SECOND)
    write(path, "q3", day=date(2026, 2, 2))
    third = tmp_path / "audit.2026-02-02.jsonl"

    assert verify_audit_log([first, second, third]).lines == 3
    with pytest.raises(BrokenChainError, match=f"^{third}:1: "):
        verify_audit_log([first, third])


def test_the_digest_kept_elsewhere_tells_of_a_changed_end(path: Path, first: Path) -> None:
    """The last digest is what the next line vouches for; a shorter file has another."""
    write(path, "q1", "q2")
    kept = verify_audit_log([first]).last_sha256
    first.write_bytes(lines_of(first)[0])
    assert verify_audit_log([first]).last_sha256 != kept

    first.unlink()
    write(path, "q1", "q2")
    kept = verify_audit_log([first]).last_sha256
    write(path, "q3")
    assert entries(first)[-1]["before_sha256"] == kept


@pytest.mark.parametrize("length", [1, 40, 400])
def test_a_torn_last_line_does_not_keep_it_from_starting(path: Path, first: Path, length: int) -> None:
    """What a crash left stays as it is and is told of; the chain covers it and goes on behind it."""
    write(path, "q1", "q2")
    one, two = lines_of(first)
    first.write_bytes(one + two[:length])
    write(path, "q3")

    after = lines_of(first)
    assert after[:2] == [one, two[:length] + b"\n"]
    chain = verify_audit_log([first])
    assert (chain.lines, chain.torn) == (3, 1)

    first.write_bytes(b"".join([one, b"?" * length + b"\n", after[2]]))
    with pytest.raises(BrokenChainError, match=f"^{first}:3: "):
        verify_audit_log([first])


def test_a_line_that_lacks_only_its_end_is_whole(path: Path, first: Path) -> None:
    """Nothing of it was lost."""
    write(path, "q1")
    first.write_bytes(first.read_bytes().removesuffix(b"\n"))
    write(path, "q2")

    assert names(first) == ["q1", "q2"]
    assert verify_audit_log([first]).torn == 0


def test_a_file_of_which_a_crash_left_nothing_whole(path: Path, first: Path, second: Path) -> None:
    """The chain goes on from the day before, over the pieces."""
    write(path, "q1")
    second.write_bytes(b'{"bef\n{"be')
    write(path, "q2", day=SECOND)

    chain = verify_audit_log([first, second])
    assert (chain.lines, chain.torn) == (4, 2)


def test_a_full_disk_is_a_problem_until_there_is_room(path: Path, first: Path) -> None:
    """Whoever writes does not fail; the first line that can be written again says how many are missing."""
    write(path, "q1")
    kept = first.rename(first.with_name("kept"))
    log = AuditLog(path, Calendar())
    spoil(first)
    for name in ("q2", "q3"):
        log.write(a_call(name), "", a_prediction())
    problem = log.check(60)
    assert problem is not None
    assert problem.startswith(f"the audit log {path} cannot be written: No space left on device; ")

    first.unlink()
    kept.rename(first)
    assert log.check(60) is None
    log.write(a_call("q4"), "", a_prediction())
    log.close()

    written = entries(first)
    assert [(entry.get("request_id"), entry.get("lost")) for entry in written] == [
        ("q1", None),
        (None, 2),
        ("q4", None),
    ]
    assert verify_audit_log([first]).lines == 3


def test_a_chain_that_cannot_be_read_after_a_torn_line_is_read_again(
    first: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written before it is known what is on the disk, and what is written then follows from it."""
    file = AuditFile(path, Calendar())
    file.write({"request_id": "q1"})

    def tear(descriptor: int, line: bytes) -> None:
        os.write(descriptor, line[:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    def fail(_: object) -> str:
        raise OSError(errno.EIO, "Input/output error")

    for name, fault in (("line_file.write_line", tear), ("audit_file.end_of_chain", fail)):
        with monkeypatch.context() as patch:
            patch.setattr(f"ecg_server.records.{name}", fault)
            with pytest.raises(OSError, match=r"No space|Input/output"):
                file.write({"request_id": "lost"})
    file.write({"request_id": "q2"})
    file.close()

    chain = verify_audit_log([first])
    assert (chain.lines, chain.torn) == (3, 1)


def test_two_processes_do_not_write_to_one_file(path: Path) -> None:
    """Their lines could not follow from one another: the second one does not start."""
    log = AuditLog(path, Calendar())
    try:
        with pytest.raises(RecordsError, match="another process writes to it"):
            AuditLog(path, Calendar())
    finally:
        log.close()


def test_the_command_tells_of_every_worker(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each has a chain of its own, whose days may be given in any order."""
    for worker in ("worker-0", "worker-1"):
        for day in (FIRST, SECOND):
            write(path.with_stem(f"audit.{worker}"), "q", day=day)
    files = sorted(map(str, tmp_path.iterdir()), reverse=True)

    assert main(files) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    assert said[0].startswith(
        f"{tmp_path}/audit.worker-0.jsonl: 2 lines, unbroken; the next one will have before_sha256 "
    )


def test_the_command_names_the_first_bad_line(path: Path, first: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 1; a file that is not there is status 2."""
    write(path, "q1", "q2", "q3")
    first.write_bytes(b"".join(lines_of(first)[::2]))
    assert main([str(first)]) == 1
    assert capsys.readouterr().err.startswith(f"{first}:2: does not follow from what is before it: ")

    first.unlink()
    assert main([str(first)]) == 2
    assert capsys.readouterr().err == f"{first}: No such file or directory\n"
