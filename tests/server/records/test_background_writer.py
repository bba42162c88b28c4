import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ecg_server.records.background_writer import BackgroundWriter

TOO_SLOW = "the notes cannot be written: more comes than its disk takes; look at the disk"


class Disk:
    """A disk that may be slow, full or broken.

    Attributes:
        written: what it was given: the item, and how many were lost before it.
        gate: closed by clearing it.
        entered: set as soon as something waits at the gate or went through it.
        fault: what it raises.
    """

    def __init__(self) -> None:
        self.written: list[tuple[str | None, int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.fault: Exception | None = None

    def write(self, item: str | None, lost: int) -> None:
        """Keep an item."""
        self.entered.set()
        assert self.gate.wait(60)
        if self.fault is not None:
            raise self.fault
        self.written.append((item, lost))


@contextmanager
def writing(disk: Disk, capacity: int = 100) -> Iterator[BackgroundWriter[str]]:
    """Run a writer to a disk."""
    writer = BackgroundWriter("the notes", disk.write, capacity)
    try:
        yield writer
    finally:
        disk.gate.set()
        writer.close()


def test_all_is_written_in_order_before_it_ends() -> None:
    """Nothing that was said is missing after the end."""
    disk = Disk()
    with writing(disk) as writer:
        for item in "abc":
            writer.put(item)
    assert disk.written == [("a", 0), ("b", 0), ("c", 0)]


def test_what_finds_no_place_is_lost_and_waits_for_nothing() -> None:
    """While the disk hangs the queue fills up; what comes then is counted, and told with the next item."""
    disk = Disk()
    disk.gate.clear()
    with writing(disk, capacity=1) as writer:
        writer.put("being written")
        assert disk.entered.wait(60)
        for item in ("waiting", "lost", "lost too"):
            writer.put(item)
        assert writer.problem == TOO_SLOW

        disk.gate.set()
        assert writer.flush(60)
        writer.put("later")
    assert [item for item, _ in disk.written if item] == ["being written", "waiting", "later"]
    assert sum(lost for _, lost in disk.written) == 2


def test_a_disk_that_is_too_slow_is_a_problem_although_it_writes() -> None:
    """What was lost since the last check counts, whatever was written behind it."""
    disk = Disk()
    with writing(disk, capacity=1) as writer:
        for _ in range(2):
            disk.gate.clear()
            disk.entered.clear()
            writer.put("being written")
            assert disk.entered.wait(60)
            for item in ("waiting", "lost"):
                writer.put(item)
            disk.gate.set()
            assert writer.flush(60)
            assert writer.problem is None
            assert writer.check(60) == TOO_SLOW
        assert writer.check(60) is None


def test_a_disk_that_hangs_is_a_problem_until_it_goes_on() -> None:
    """A check waits for it no longer than it may."""
    disk = Disk()
    disk.gate.clear()
    with writing(disk) as writer:
        writer.put("a")
        assert writer.check(0.01) == "the notes cannot be written: its disk does not answer; look at the disk"
        disk.gate.set()
        assert writer.check(60) is None


def test_after_the_end_nobody_waits() -> None:
    """Whoever still has something to say does not fail, and learns that it is not written."""
    disk = Disk()
    with writing(disk) as writer:
        pass
    writer.put("late")
    assert not writer.flush(60)
    writer.close()
    assert disk.written == []


def test_a_fault_lasts_until_something_is_written() -> None:
    """Checks find out by themselves; they are not counted among what was lost."""
    disk = Disk()
    disk.fault = OSError(5, "Input/output error")
    with writing(disk) as writer:
        writer.put("lost")
        for _ in range(2):
            problem = writer.check(60)
            assert problem is not None
            assert problem.startswith("the notes cannot be written: Input/output error; ")
        disk.fault = None
        assert writer.check(60) is None
        writer.put("kept")
    assert disk.written == [(None, 1), ("kept", 0)]


def test_a_fault_that_nobody_foresaw_does_not_end_it() -> None:
    """It is a problem like any other, and its text, which may hold anything, is not told."""
    disk = Disk()
    disk.fault = ValueError("secret")
    with writing(disk) as writer:
        writer.put("lost")
        problem = writer.check(60)
        assert problem is not None
        assert "ValueError" in problem
        assert "secret" not in problem
        disk.fault = None
        assert writer.check(60) is None
