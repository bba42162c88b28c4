"""The command, on a real Ray cluster: every recording has one row, whatever dies meanwhile."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from ecg_testing.archives import Cluster, begin, paths_of, rows_of, run, write_mixed_archive
from ecg_testing.processes import ServerProcess
from ecg_testing.ptbxl_folder import write_ptbxl_folder

COUNT = 400
WORKER = "ray::MapWorker"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PTB-XL folder: what takes a while to classify, and none to write."""
    return write_ptbxl_folder(tmp_path_factory.mktemp("archive") / "ptbxl", count=COUNT)


@pytest.fixture
def command(cluster: Cluster, archive: Path, tmp_path: Path) -> tuple[str | Path, ...]:
    """Classifies the archive in parts of ten files into `out`."""
    return (archive, "--output", tmp_path / "out", "--address", cluster.address, "--part-files", "10")


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return process.cmdline()[0].startswith(WORKER)
    except (IndexError, psutil.Error):
        return False


def _is_under_way(out: Path) -> bool:
    return len(list(out.glob("part-*.parquet"))) >= 2


def test_the_rows_are_those_of_a_stream(cluster: Cluster, tmp_path: Path, default_server: ServerProcess) -> None:
    """In every column, for every format, for what cannot be read and for what is refused; but for the fingerprint."""
    folder = write_mixed_archive(tmp_path / "mixed")
    out, streamed = tmp_path / "out", tmp_path / "rows.parquet"
    ended = run(folder, "--output", out, "--address", cluster.address, status=1)
    ecg = [sys.executable, "-m", "ecg_client.cli", "stream", folder, "--output", streamed]
    subprocess.run([*ecg, "--address", default_server.address], check=False, capture_output=True, timeout=180)  # noqa: S603 - our own

    rows, expected = rows_of(out), rows_of(streamed)
    assert len(rows) > 20
    assert [list(row) for row in rows] == [list(row) for row in expected]
    for row, other in zip(rows, expected, strict=True):
        for name in row.keys() - {"fingerprint"}:
            wanted = pytest.approx(other[name], abs=1e-5) if isinstance(other[name], float) else other[name]
            assert row[name] == wanted, (row["path"], name)
    failed = sum(row["reason"] is not None for row in rows)
    assert ended.stdout.startswith(f"{len(rows)} recordings; {failed} have no prediction")
    assert ended.stderr == ""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_run_that_is_broken_off_goes_on(
    command: tuple[str | Path, ...], tmp_path: Path, number: signal.Signals, status: int
) -> None:
    """It leaves whole parts and no sign that it was complete; the next run does what is left, and that alone."""
    out = tmp_path / "out"
    with begin(*command) as process:
        _wait(lambda: _is_under_way(out))
        process.send_signal(number)
        _, err = process.communicate(timeout=120)
    kept = len(paths_of(out))
    assert process.returncode == status
    assert 0 < kept < COUNT
    assert not (out / "_SUCCESS").exists()
    if number is signal.SIGINT:
        assert err == "interrupted: what was finished is kept, and the same command goes on\n"

    told = run(*command).stdout
    assert told.startswith(f"{COUNT} recordings, {kept} of them by an earlier run\n")
    assert len(paths_of(out)) == COUNT
    assert sorted(path.name for path in out.iterdir() if path.name.startswith("_")) == ["_SUCCESS", "_lock"]


def test_a_worker_that_is_killed_costs_no_recording(
    cluster: Cluster, command: tuple[str | Path, ...], tmp_path: Path
) -> None:
    """Ray starts another one, which does its chunk again."""
    out = tmp_path / "out"
    with begin(*command) as process:
        _wait(lambda: _is_under_way(out))
        workers = [one for one in psutil.Process(cluster.pid).children(recursive=True) if _is_worker(one)]
        workers[0].kill()
        told, err = process.communicate(timeout=180)
    assert (process.returncode, err) == (0, "")
    assert told.startswith(f"{COUNT} recordings\n")
    assert len(paths_of(out)) == COUNT


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ("/nowhere --output {out}", 2, "ecg-archive: /nowhere: there is no such file or folder; "),
        (". --output {out} --model none", 2, "ecg-archive: none: there is no such file or folder"),
        (". --output /proc/out", 2, "ecg-archive: /proc/out: "),
        (". --output {out} --address 127.0.0.1:1", 3, "ecg-archive: there is no Ray cluster at 127.0.0.1:1; "),
        (". --output {out} --workers 0", 2, "usage: "),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    archive: Path, tmp_path: Path, arguments: str, status: int, said: str
) -> None:
    """With the remedy, and an exit status that scripts can tell apart."""
    ended = run(*arguments.format(out=tmp_path / "out").split(), status=status, folder=archive)
    assert ended.stdout == ""
    assert ended.stderr.startswith(said)
