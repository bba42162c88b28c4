import asyncio
import logging
import threading
from pathlib import Path

import pytest

from ecg_model.errors import BundleError
from ecg_server.records.logs import start_logs
from ecg_server.settings import RecordSettings
from ecg_server.vital_signs import Check, VitalSigns, golden, logs_writable, stuck_runs
from ecg_testing.records import spoil
from ecg_testing.waiting import until


class Reports(list[str | None]):
    """What was reported."""

    async def add(self, problem: str | None) -> None:
        """Keep a report."""
        self.append(problem)


def saying(name: str, problems: list[str | None]) -> Check:
    """Return a check that finds one problem after the other."""

    async def look() -> str | None:
        return problems.pop(0)

    return Check(name, look)


def signs_of(*checks: Check) -> tuple[VitalSigns, Reports]:
    """Return vital signs, and what they report."""
    reports = Reports()
    return VitalSigns(checks, 0.001, reports.add), reports


async def looks(signs: VitalSigns, count: int) -> None:
    """Look several times."""
    for _ in range(count):
        await signs.look()


async def test_only_changes_are_reported(caplog: pytest.LogCaptureFixture) -> None:
    """At first all is well; a problem that stays is told once, as an error, and its end too."""
    signs, reports = signs_of(saying("a", [None, "a is ill", "a is ill", None, None]))
    with caplog.at_level(logging.INFO):
        await looks(signs, 5)

    assert reports == ["a is ill", None]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "the server is not well and takes no calls: a is ill"),
        ("INFO", "the server is well again and takes calls"),
    ]


async def test_all_that_is_wrong_is_told() -> None:
    """In the order of the checks, and again when one of them is well."""
    signs, reports = signs_of(saying("a", ["a is ill", None]), saying("b", ["b is ill", "b is ill"]))
    await looks(signs, 2)

    assert reports == ["a is ill; b is ill", "b is ill"]
    assert signs.problem == "b is ill"


async def test_what_several_say_is_told_once() -> None:
    """Several models have a check each, of the same name."""
    signs, reports = signs_of(saying("a", ["a is ill"]), saying("a", ["a is ill"]))
    await signs.look()

    assert reports == ["a is ill"]


async def test_watch_is_kept_until_it_is_called_off() -> None:
    """One round follows the other."""
    rounds = 0

    async def look() -> str | None:
        nonlocal rounds
        rounds += 1
        return None

    signs, _ = signs_of(Check("a", look))
    watch = asyncio.create_task(signs.keep_watch())
    await until(lambda: rounds > 2)
    watch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watch


async def test_a_check_that_does_not_come_back_is_a_problem() -> None:
    """It is not made again meanwhile, keeps no other from being made, and its result counts when it comes."""
    begun = 0
    may_end = asyncio.Event()

    async def hang() -> str | None:
        nonlocal begun
        begun += 1
        await may_end.wait()
        return None

    signs, reports = signs_of(Check("a", hang, seconds=0.001), saying("b", [None, None, "b is ill", None]))
    await looks(signs, 3)
    assert begun == 1
    hanging = "the check of a does not come back; if it stays so, restart the server"
    assert reports == [hanging, f"{hanging}; b is ill"]

    may_end.set()
    await asyncio.sleep(0)
    await signs.look()
    assert reports[-1] is None


async def test_a_check_that_fails_is_a_problem(caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw is in the log, and the next round makes the check again."""
    faults: list[Exception] = [RuntimeError("secret")]

    async def look() -> str | None:
        if faults:
            raise faults.pop()
        return None

    signs, reports = signs_of(Check("a", look))
    await looks(signs, 2)

    assert reports == ["the check of a failed, the log says why; if it stays so, restart the server", None]
    assert "RuntimeError: secret" in caplog.text


async def test_a_run_that_takes_too_long_is_stuck() -> None:
    """Up to the limit it is not; it may come back after all."""
    durations = [0.0, 30.0, 30.5, 60.5, 1.0]
    signs, reports = signs_of(stuck_runs(lambda: durations.pop(0), 30))
    await looks(signs, 5)

    stuck = "a run of the network is stuck: it has taken more than 30 s; if it stays so, restart the server"
    assert reports == [stuck, None]


async def test_wrong_golden_recordings_are_a_problem_until_they_are_right() -> None:
    """The problem says what the classifier says."""
    faults: list[BundleError | None] = [None, BundleError("/model", "differs by 0.5"), None]

    def check_classifier() -> None:
        fault = faults.pop(0)
        if fault is not None:
            raise fault

    signs, reports = signs_of(golden(check_classifier))
    await looks(signs, 3)

    wrong, well = reports
    assert wrong is not None
    assert wrong.startswith("the network no longer gives what it should: /model: differs by 0.5; ")
    assert well is None


async def test_a_stuck_network_holds_one_thread_and_no_other() -> None:
    """Threads do not pile up, the event loop goes on, and the pool of all other work stays free."""
    may_end = threading.Event()
    threads = set()

    def hang() -> None:
        threads.add(threading.current_thread())
        may_end.wait(60)

    signs, reports = signs_of(golden(hang, seconds=0.001))
    await looks(signs, 3)
    free = await asyncio.to_thread(threading.current_thread)

    (thread,) = threads
    assert thread is not free
    assert thread.daemon
    assert len(reports) == 1
    may_end.set()
    await until(lambda: not thread.is_alive())
    await signs.look()
    assert reports[-1] is None


async def test_a_full_disk_is_a_problem_until_there_is_room(tmp_path: Path) -> None:
    """Of the log; the server need not do anything but look."""
    path = tmp_path / "log.jsonl"
    spoil(path)
    with start_logs(RecordSettings(log=path)) as logs:
        signs, reports = signs_of(logs_writable(logs))
        logging.getLogger("a.logger").warning("lost")
        await signs.look()
        path.unlink()
        await looks(signs, 2)

    full, well = reports
    assert full is not None
    assert full.startswith(f"the log {path} cannot be written: No space left on device; ")
    assert well is None
