"""A run with nothing to do, or no worker to do it: no cluster is asked for, and what was complete stays so."""

import dataclasses
import io
from pathlib import Path

import pytest

from ecg_client.formats.file_format import Stated
from ecg_cluster.archive.errors import ClusterError
from ecg_cluster.archive.flags import read_settings
from ecg_cluster.archive.job import Chunk, Job
from ecg_cluster.archive.listing import list_units
from ecg_cluster.archive.places import open_place
from ecg_cluster.archive.result_table import ResultTable
from ecg_cluster.archive.run import Tally, classify_archive
from ecg_cluster.archive.worker import Worker
from ecg_testing.archives import paths_of, write_wfdb_archive

NO_CLUSTER = "127.0.0.1:1"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three records, and a file that nobody meant to be one."""
    folder = write_wfdb_archive(tmp_path / "records", 3)
    (folder / "README").write_text("no recording")
    return folder


@pytest.fixture
def out(tmp_path: Path, archive: Path, job: Job) -> Path:
    """Its finished table."""
    place, output = open_place(str(archive)), open_place(str(tmp_path / "out"))
    units = tuple(list_units(place, Stated(), output))
    with ResultTable(output) as table:
        table.keep(units, job.identity, replace=False, retry=False)
        worker = Worker(dataclasses.replace(job, output=table.writing))
        table.publish(worker.write_part(Chunk("part-0.parquet", place, units)))
        table.complete()
    return tmp_path / "out"


def _run_without_a_cluster(archive: Path, out: Path, *flags: str) -> Tally:
    command = [archive, "--output", out, "--model", "reference", "--address", NO_CLUSTER, *flags]
    return classify_archive(read_settings(list(map(str, command))), io.StringIO())


def test_nothing_to_do_needs_no_cluster(archive: Path, out: Path) -> None:
    """However often: files that are no recordings are not looked at again either."""
    for _ in range(2):
        assert _run_without_a_cluster(archive, out) == Tally(kept=3, parts=1)
        assert (out / "_SUCCESS").exists()


def test_without_a_cluster_what_was_complete_stays_complete(archive: Path, out: Path) -> None:
    """A new file cannot be done; the rows of the others are as they were."""
    write_wfdb_archive(archive / "new", 1)
    with pytest.raises(ClusterError):
        _run_without_a_cluster(archive, out)
    assert (out / "_SUCCESS").exists()
    assert len(paths_of(out)) == 3


def test_what_had_to_be_taken_out_is_missing(archive: Path, out: Path) -> None:
    """A file that changed has no row until a worker comes; so the table is not complete."""
    (archive / "001.dat").write_bytes(b"")
    with pytest.raises(ClusterError):
        _run_without_a_cluster(archive, out)
    assert not (out / "_SUCCESS").exists()
    assert len(paths_of(out)) == 2


@pytest.mark.parametrize("change", ["another", "unreadable", "retry"])
def test_what_may_be_a_recording_now_is_looked_at(archive: Path, out: Path, change: str) -> None:
    """A file that changed; every one where nobody knows, or where all shall be tried again."""
    if change == "another":
        (archive / "README").write_text("perhaps a recording")
    if change == "unreadable":
        (out / "_passed_over.json").write_text("{")
    with pytest.raises(ClusterError):
        _run_without_a_cluster(archive, out, *(["--retry"] if change == "retry" else []))
