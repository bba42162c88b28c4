"""Two programs and one journal, and the systems that lock and remove files in their own ways."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ecg_client.errors import UnwritableFileError
from ecg_client.tables import journal as journal_module
from ecg_client.tables.journal import Journal

ROW = {"path": "a", "number": 0, "fingerprint": "b"}


def _refuse_another(path: Path) -> None:
    with pytest.raises(UnwritableFileError, match="another program is writing it"):
        Journal(path)


def test_a_journal_that_is_removed_before_it_is_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path leads to what is locked, so that nobody else has it too."""
    first, path, lock = Journal(tmp_path / "r.partial"), tmp_path / "r.partial", fcntl.flock

    def remove_and_lock(descriptor: int, operation: int) -> None:
        first.remove()
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", remove_and_lock)
    second = Journal(path)
    monkeypatch.undo()
    second.add(ROW)
    assert path.read_bytes().count(b"\n") == 1
    _refuse_another(path)
    second.close()


def test_a_journal_is_locked_until_it_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is locked between the two would be removed under the hands of whoever has it."""
    journal = Journal(tmp_path / "r.partial")
    _while_unlinking(monkeypatch, lambda: _refuse_another(tmp_path / "r.partial"))
    journal.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_journal_is_closed_before_it_goes_where_nothing_open_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, which has no locks of this kind either."""
    monkeypatch.setattr(journal_module, "fcntl", None)
    journal = Journal(tmp_path / "r.partial")
    _while_unlinking(monkeypatch, lambda: _check_none_is_open(tmp_path))
    journal.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_was_removed_is_not_removed_again(tmp_path: Path) -> None:
    """There may be another's in its place."""
    first = Journal(tmp_path / "r.partial")
    first.remove()
    second = Journal(tmp_path / "r.partial")
    first.remove()
    first.close()
    assert (tmp_path / "r.partial").exists()
    _refuse_another(tmp_path / "r.partial")
    second.remove()


def test_rows_are_read_back_from_where_they_begin(tmp_path: Path) -> None:
    """In any order; of half a one at the end nothing is left."""
    rows = [{**ROW, "number": number} for number in range(3)]
    journal = Journal(tmp_path / "r.partial")
    offsets = [journal.add(row) for row in rows]
    journal.close()
    with (tmp_path / "r.partial").open("ab") as file:
        file.write(b'{"path')
    journal = Journal(tmp_path / "r.partial")
    assert not journal.is_new
    assert list(journal.rows()) == list(zip(offsets, rows, strict=True))
    assert journal.add(rows[0]) == offsets[-1] + offsets[1]
    assert list(journal.rows_at(reversed(offsets))) == rows[::-1]
    journal.close()


def _while_unlinking(monkeypatch: pytest.MonkeyPatch, check: Callable[[], None]) -> None:
    unlink = Path.unlink

    def check_and_unlink(path: Path, missing_ok: bool = False) -> None:  # noqa: FBT001, FBT002 - as pathlib has it
        check()
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", check_and_unlink)


def _check_none_is_open(folder: Path) -> None:
    opened = [os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
    assert not [path for path in opened if path.startswith(str(folder))]
