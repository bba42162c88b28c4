"""What is kept of an earlier run, and what is not."""

import dataclasses
from pathlib import Path

import pytest

from ecg_client.formats.file_format import Stated
from ecg_cluster.archive.errors import ArchiveError
from ecg_cluster.archive.job import Chunk, Job
from ecg_cluster.archive.listing import list_units
from ecg_cluster.archive.places import open_place
from ecg_cluster.archive.result_table import Kept, ResultTable
from ecg_cluster.archive.unit import Unit
from ecg_cluster.archive.worker import Worker
from ecg_testing.archives import paths_of, write_wfdb_archive


@pytest.fixture
def units(tmp_path: Path) -> list[Unit]:
    """Four records, of which the last lacks its signal."""
    folder = write_wfdb_archive(tmp_path / "records", 4)
    (folder / "003.dat").unlink()
    return list_units(open_place(str(folder)), Stated(), open_place("/nowhere"))


@pytest.fixture
def out(tmp_path: Path, units: list[Unit], job: Job) -> Path:
    """A finished table of two parts."""
    with ResultTable(open_place(str(tmp_path / "out"))) as table:
        worker = Worker(dataclasses.replace(job, output=table.writing))
        place = open_place("/")
        for index in (0, 2):
            table.publish(worker.write_part(Chunk(f"part-{index}.parquet", place, tuple(units[index : index + 2]))))
        table.complete()
    return tmp_path / "out"


def _keep(out: Path, units: list[Unit], job: Job, *, replace: bool = False, retry: bool = False) -> Kept:
    with ResultTable(open_place(str(out))) as table:
        return table.keep(units, job.identity, replace=replace, retry=retry)


def _names(units: list[Unit]) -> list[str]:
    return [unit.name for unit in units]


def test_what_holds_is_kept(out: Path, units: list[Unit], job: Job) -> None:
    """What has no prediction too: the same file would have none again."""
    kept = _keep(out, units, job)
    assert (sorted(kept.paths), kept.recordings, kept.failed) == (_names(units), 4, 1)
    assert paths_of(out) == _names(units)


def test_what_has_no_prediction_is_tried_again_when_asked_for(out: Path, units: list[Unit], job: Job) -> None:
    """Its row goes at once; so no recording ever has two."""
    kept = _keep(out, units, job, retry=True)
    assert (sorted(kept.paths), kept.failed) == (_names(units[:3]), 0)
    assert paths_of(out) == _names(units[:3])


def test_a_changed_file_is_done_again(out: Path, units: list[Unit], job: Job) -> None:
    """The others of its part stay."""
    changed = [dataclasses.replace(units[0], fingerprint="another"), *units[1:]]
    assert sorted(_keep(out, changed, job).paths) == _names(units[1:])
    assert paths_of(out) == _names(units[1:])


def test_a_part_of_which_nothing_is_left_goes(out: Path, units: list[Unit], job: Job) -> None:
    """There is no file without rows."""
    changed = [dataclasses.replace(unit, fingerprint="another") for unit in units[:2]]
    _keep(out, [*changed, *units[2:]], job)
    assert [path.name for path in out.glob("*.parquet")] == ["part-2.parquet"]


def test_rows_of_other_files_stay(out: Path, units: list[Unit], job: Job) -> None:
    """A file that has gone from the archive has been classified all the same."""
    kept = _keep(out, units[:1], job, retry=True)
    assert (kept.paths, kept.recordings) == ({units[0].name}, 1)
    assert paths_of(out) == _names(units)


@pytest.mark.parametrize("field", ["version", "sha256", "operating_point"])
def test_rows_of_another_model_are_never_mixed(out: Path, units: list[Unit], job: Job, field: str) -> None:
    """They are refused, and nothing is touched; or, when asked for, all done again."""
    other = dataclasses.replace(job, identity=dataclasses.replace(job.identity, **{field: "other"}))
    with pytest.raises(ArchiveError, match=r"rows are of reference .* --replace"):
        _keep(out, units, other)
    assert paths_of(out) == _names(units)
    assert (out / "_SUCCESS").exists()
    assert _keep(out, units, other, replace=True) == Kept()
    assert paths_of(out) == []


def test_a_recording_in_two_parts_is_left_in_one(out: Path, units: list[Unit], job: Job) -> None:
    """Two programs that write to one bucket may have done that."""
    (out / "part-9.parquet").write_bytes((out / "part-0.parquet").read_bytes())
    assert sorted(_keep(out, units, job).paths) == _names(units)
    assert paths_of(out) == _names(units)


def test_that_it_is_complete_is_said_only_while_it_is(out: Path, units: list[Unit], job: Job) -> None:
    """A run that takes rows out and is broken off leaves no `_SUCCESS`; one that keeps all leaves it."""
    _keep(out, units, job)
    assert (out / "_SUCCESS").exists()
    _keep(out, [dataclasses.replace(units[0], fingerprint="another"), *units[1:]], job)
    assert not (out / "_SUCCESS").exists()


def test_what_a_killed_run_was_writing_is_thrown_away(out: Path, units: list[Unit], job: Job) -> None:
    """Only what is in the table counts."""
    (out / "_writing").mkdir()
    (out / "_writing" / "half.parquet").write_bytes(b"PAR1")
    _keep(out, units, job)
    assert not (out / "_writing").exists()


def test_a_part_that_is_none_is_named(out: Path, units: list[Unit], job: Job) -> None:
    """With what to do about it."""
    (out / "part-0.parquet").write_bytes(b"PAR1")
    with pytest.raises(ArchiveError, match=r"part-0\.parquet: it is no part .* remove it"):
        _keep(out, units, job)


def test_two_programs_cannot_write_one_table(out: Path) -> None:
    """The second is told so."""
    with (
        ResultTable(open_place(str(out))),
        pytest.raises(ArchiveError, match="another program is writing"),
        ResultTable(open_place(str(out))),
    ):
        pass


def test_a_table_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """In one line."""
    (tmp_path / "file").touch()
    with (
        pytest.raises(ArchiveError, match=r"file/out: .*; see that it can be written"),
        ResultTable(open_place(str(tmp_path / "file" / "out"))),
    ):
        pass
