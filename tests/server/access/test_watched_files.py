"""Files that are read again when they have changed."""

import logging
import os
from pathlib import Path

import pytest

from ecg_server.access.errors import AccessError
from ecg_server.access.watched_files import WatchedFiles


class Text:
    """Reads a file, counts how often, and refuses what begins with "bad"."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.times = 0

    def __call__(self) -> str:
        """Return the text."""
        self.times += 1
        try:
            text = self.path.read_text()
        except OSError as error:
            raise AccessError("it is not there; put it back") from error
        if text.startswith("bad"):
            raise AccessError("it is bad; write another")
        return text


@pytest.fixture
def text(tmp_path: Path) -> Text:
    """A file that says "one"."""
    path = tmp_path / "file"
    path.write_text("one")
    return Text(path)


def test_a_file_is_read_once_while_it_stays_the_same(text: Text) -> None:
    """However often somebody asks."""
    files = WatchedFiles((text.path,), text)

    assert [files.current(), files.current(), files.renewed()] == ["one", "one", None]
    assert text.times == 1


def test_a_change_is_seen_by_the_next_who_asks(text: Text) -> None:
    """Written in place, replaced by another file of the same size and time, or reached through another link."""
    files = WatchedFiles((text.path,), text)
    text.path.write_text("three")
    assert files.current() == "three"

    replacement = text.path.with_name("replacement")
    replacement.write_text("seven")
    times = text.path.stat()
    os.utime(replacement, ns=(times.st_atime_ns, times.st_mtime_ns))
    replacement.replace(text.path)
    assert files.renewed() == "seven"

    elsewhere = text.path.with_name("elsewhere")
    elsewhere.write_text("eight")
    text.path.unlink()
    text.path.symlink_to(elsewhere)
    assert files.current() == "eight"


@pytest.mark.parametrize("damage", [lambda path: path.write_text("bad"), Path.unlink], ids=["bad", "missing"])
def test_what_cannot_be_used_leaves_the_old_in_force_and_is_logged_once(
    text: Text, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says why and what to do; once it is put right the new is in force."""
    files = WatchedFiles((text.path,), text)
    assert callable(damage)
    with caplog.at_level(logging.ERROR):
        damage(text.path)
        assert [files.renewed(), files.current(), files.renewed()] == [None, "one", None]

    (record,) = caplog.records
    assert record.getMessage().endswith("; until then what was read before stays in force")
    text.path.write_text("two")
    assert files.current() == "two"


def test_what_cannot_be_used_at_the_start_is_an_error(text: Text) -> None:
    """There is nothing older to fall back to."""
    text.path.write_text("bad")

    with pytest.raises(AccessError, match="it is bad"):
        WatchedFiles((text.path,), text)


def test_a_change_while_the_file_is_read_is_not_missed(text: Text) -> None:
    """What was read may have been the old, the first time and later; the next who asks reads again."""

    def read_before_a_change() -> str:
        said = text()
        if text.times <= 2:
            text.path.write_text(f"changed {text.times} times")
        return said

    files = WatchedFiles((text.path,), read_before_a_change)

    assert [files.current(), files.current()] == ["changed 1 times", "changed 2 times"]
