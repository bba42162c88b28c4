"""The command, on a real Ray cluster: every recording has one row, whatever dies meanwhile."""

import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from ecg_cluster.archive.errors import ArchiveError
from ecg_cluster.archive.flags import read_settings
from ecg_cluster.archive.run import classify_archive
from ecg_model.errors import BundleError
from ecg_testing.archives import PATIENCE_SECONDS, Cluster, begin, paths_of, rows_of, run, write_mixed_archive
from ecg_testing.processes import ServerProcess
from ecg_testing.ptbxl_folder import write_ptbxl_folder

COUNT, PART = 600, 10
INTERRUPTED = "interrupted: what was finished is kept, and the same command goes on\n"
WORKER = "ray::MapWorker"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PTB-XL folder: what takes a while to classify, and none to write."""
    return write_ptbxl_folder(tmp_path_factory.mktemp("archive") / "ptbxl", count=COUNT)


@pytest.fixture
def command(cluster: Cluster, archive: Path, tmp_path: Path) -> tuple[str | Path, ...]:
    """Classifies the archive in parts of ten files into `out`."""
    return (archive, "--output", tmp_path / "out", "--address", cluster.address, "--part-files", str(PART))


def _wait_for_parts(out: Path, count: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while len(list(out.glob("part-*.parquet"))) < count:
        assert time.monotonic() < end, "no worker wrote anything"
        time.sleep(0.01)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return process.cmdline()[0].startswith(WORKER)
    except (IndexError, psutil.Error):
        return False


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


def test_whatever_dies_every_recording_has_one_row(
    cluster: Cluster, command: tuple[str | Path, ...], tmp_path: Path
) -> None:
    """The program, by SIGKILL and by Ctrl-C, and one of its workers: what was finished is not done again."""
    out = tmp_path / "out"
    with begin(*command) as process:
        _wait_for_parts(out, 2)
        process.kill()
    killed = len(paths_of(out))
    assert 0 < killed < COUNT
    assert not (out / "_SUCCESS").exists()

    with begin(*command) as process:
        _wait_for_parts(out, killed // PART + 2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    interrupted = len(paths_of(out))
    assert process.returncode == 130, err
    # Ray may say beside it that it ended its workers.
    assert INTERRUPTED in err
    assert "Traceback" not in err
    assert killed < interrupted < COUNT
    assert not (out / "_SUCCESS").exists()

    with begin(*command) as process:
        _wait_for_parts(out, interrupted // PART + 1)
        next(filter(_is_worker, psutil.Process(cluster.pid).children(recursive=True))).kill()
        told, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert told.startswith(f"{COUNT} recordings, {interrupted} of them by an earlier run\n")
    assert len(paths_of(out)) == COUNT
    assert sorted(path.name for path in out.iterdir() if path.name.startswith("_")) == ["_SUCCESS", "_lock"]


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        ("/nowhere --output {out}", ArchiveError, "/nowhere: there is no such file or folder; "),
        ("{archive} --output {out} --model none", BundleError, "none: there is no such file or folder"),
        ("{archive} --output /proc/out", ArchiveError, "/proc/out: "),
        ("none://somewhere --output {out}", ArchiveError, "none://"),
    ],
)
def test_what_cannot_be_done_is_named(
    archive: Path, tmp_path: Path, arguments: str, kind: type[Exception], said: str
) -> None:
    """With the remedy."""
    settings = read_settings(arguments.format(archive=archive, out=tmp_path / "out").split())
    with pytest.raises(kind, match=f"^{said}"):
        classify_archive(settings, io.StringIO())


def test_a_cluster_that_is_not_there_is_told_in_a_line(archive: Path, tmp_path: Path) -> None:
    """At once, and with an exit status that scripts can tell from others."""
    ended = run(archive, "--output", tmp_path / "out", "--address", "127.0.0.1:1", status=3)
    assert ended.stdout == ""
    assert ended.stderr.startswith("ecg-archive: there is no Ray cluster at 127.0.0.1:1; give HOST:PORT of the head")
    assert ended.stderr.count("\n") == 1
