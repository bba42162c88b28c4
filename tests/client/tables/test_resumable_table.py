import json
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from ecg_client import EcgClient, Recording
from ecg_client.errors import UnwritableFileError
from ecg_client.formats.file_format import Stated
from ecg_client.formats.ptbxl_table import STATEMENTS_NAME, TABLE_NAME
from ecg_client.formats.sources import RecordingSource, find_recordings
from ecg_client.model_summary import ModelSummary
from ecg_client.outcomes import Outcome, predict_each
from ecg_client.tables.origin import origin_of
from ecg_client.tables.resumable_table import ResumableTable
from ecg_client.tables.row_formats import read_rows
from ecg_client.tables.rows import row_of
from ecg_testing.ecg_files import made_up_microvolts
from ecg_testing.ecg_files.tables import write_csv
from ecg_testing.ecg_files.wfdb_files import FILES as WFDB_FILES

NOTHING_STATED = Stated()


@pytest.fixture
def summary(client: EcgClient) -> ModelSummary:
    """What the fake service says of itself."""
    return client.model_summary()


@pytest.fixture
def outcome(client: EcgClient, make_recording: Callable[..., Recording]) -> Outcome:
    """What becomes of a recording at the fake service."""
    return next(iter(predict_each(client, [make_recording("a")])))


def _files(folder: Path, count: int) -> list[RecordingSource]:
    for index in range(count):
        (folder / f"{index}.csv").write_text(f"a recording, for the sake of its size and time {index}")
    return [RecordingSource(Recording, str(folder / f"{index}.csv")) for index in range(count)]  # type: ignore[arg-type] # never read


def _fill(table: ResumableTable, sources: list[RecordingSource], outcome: Outcome) -> None:
    for source in sources:
        table.add(row_of(outcome, origin_of(source, NOTHING_STATED)))


def test_half_a_line_and_lines_that_are_lost_are_done_again(
    tmp_path: Path, summary: ModelSummary, outcome: Outcome
) -> None:
    """The lines after them are kept, and none is doubled."""
    sources = _files(tmp_path, 5)
    with ResumableTable(tmp_path / "r.jsonl") as table:
        assert table.pending(sources, summary, NOTHING_STATED) == sources
        _fill(table, sources[:4], outcome)
    journal = tmp_path / "r.jsonl.partial"
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[1] = b"\0" * (len(lines[1]) - 1) + b"\n"
    journal.write_bytes(b"".join(lines)[:-7])

    with ResumableTable(tmp_path / "r.jsonl") as table:
        pending = table.pending(sources, summary, NOTHING_STATED)
        assert pending == [sources[1], *sources[3:]]
        assert table.kept_count == 2
        _fill(table, pending, outcome)
        assert table.finish(sources) == 5
    assert [row["path"] for row in read_rows(tmp_path / "r.jsonl")] == [source.path for source in sources]


def test_a_first_line_that_was_torn_anywhere_is_done_again(
    tmp_path: Path, summary: ModelSummary, outcome: Outcome
) -> None:
    """Where nothing but a byte is left of it, too."""
    sources = _files(tmp_path, 1)
    with ResumableTable(tmp_path / "r.jsonl") as table:
        _fill(table, sources, outcome)
    journal = tmp_path / "r.jsonl.partial"
    line = journal.read_bytes()
    for count in (1, 6, 7, 8, len(line) - 1):
        journal.write_bytes(line[:count])
        with ResumableTable(tmp_path / "r.jsonl") as table:
            assert table.pending(sources, summary, NOTHING_STATED) == sources
            assert journal.read_bytes() == b""
            _fill(table, sources, outcome)
        assert journal.read_bytes() == line


@pytest.mark.parametrize(
    "lost", [b"7\n", b"[]\n", b"null\n", b"{}\n", b'{"path": "a", "fingerprint": "", "number": [1]}\n']
)
def test_a_line_that_is_no_row_is_passed_over(
    tmp_path: Path, summary: ModelSummary, outcome: Outcome, lost: bytes
) -> None:
    """Also where it is JSON."""
    sources = _files(tmp_path, 2)
    with ResumableTable(tmp_path / "r.jsonl") as table:
        _fill(table, sources, outcome)
    journal = tmp_path / "r.jsonl.partial"
    first, second = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(first + lost + second)
    with ResumableTable(tmp_path / "r.jsonl") as table:
        assert table.pending(sources, summary, NOTHING_STATED) == []
        assert table.finish(sources) == 2


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
@pytest.mark.parametrize("name", ["a\rb.csv", "a\nb.csv", "a\r\nb.csv", "a,b.csv", 'a"b.csv', "\r"])
def test_any_name_of_a_file_is_read_back(
    tmp_path: Path, summary: ModelSummary, outcome: Outcome, name: str, suffix: str
) -> None:
    """Such as one with an end of a line in it."""
    source = RecordingSource(Recording, str(tmp_path / name))  # type: ignore[arg-type] # never read
    for _ in range(2):
        with ResumableTable(tmp_path / f"r{suffix}") as table:
            _fill(table, table.pending([source], summary, NOTHING_STATED), outcome)
            assert table.finish([source]) == 1
        assert [row["path"] for row in read_rows(tmp_path / f"r{suffix}")] == [source.path]


def test_a_run_that_ends_between_the_table_and_the_removal_of_its_journal_doubles_nothing(
    tmp_path: Path, summary: ModelSummary, outcome: Outcome
) -> None:
    """Both are read, and one row of each recording is kept; so is a table whose journal was never written."""
    sources = _files(tmp_path, 3)
    with ResumableTable(tmp_path / "r.csv") as table:
        table.pending(sources, summary, NOTHING_STATED)
        _fill(table, sources, outcome)
        journal = (tmp_path / "r.csv.partial").read_bytes()
        table.finish(sources)
    for left in (journal, journal[: len(journal) // 2]):
        (tmp_path / "r.csv.partial").write_bytes(left)
        with ResumableTable(tmp_path / "r.csv") as table:
            assert table.pending(sources, summary, NOTHING_STATED) == []
            assert table.finish(sources) == 3
    assert sorted(path.name for path in tmp_path.glob("r.*")) == ["r.csv"]


def test_a_table_that_is_only_looked_at_leaves_no_journal(
    tmp_path: Path, summary: ModelSummary, outcome: Outcome
) -> None:
    """Where the service is away before anything new came, all is as it was."""
    sources = _files(tmp_path, 3)
    with ResumableTable(tmp_path / "r.csv") as table:
        assert (tmp_path / "r.csv.partial").exists()
        table.pending(sources, summary, NOTHING_STATED)
        _fill(table, sources, outcome)
        table.finish(sources)
    with ResumableTable(tmp_path / "r.csv"):
        pass
    with ResumableTable(tmp_path / "s.csv"):
        pass
    assert sorted(path.name for path in tmp_path.glob("[rs].*")) == ["r.csv"]


def test_what_was_stated_counts_where_it_was_needed(tmp_path: Path, summary: ModelSummary, outcome: Outcome) -> None:
    """A unit that is stated later changes nothing of what needed none; another one than before does."""
    sources = _files(tmp_path, 2)
    with ResumableTable(tmp_path / "r.csv") as table:
        table.add(row_of(outcome, origin_of(sources[0], NOTHING_STATED)))
        table.add(row_of(outcome, origin_of(sources[1], Stated(500, "uV"))))
        assert table.pending(sources, summary, Stated(500.0, "uV")) == []
        assert table.pending(sources, summary, Stated(500, "mV")) == sources[1:]
        assert table.pending(sources, summary, NOTHING_STATED) == sources[1:]


def test_each_recording_has_one_row_and_the_table_itself_is_none(
    tmp_path: Path, summary: ModelSummary, outcome: Outcome
) -> None:
    """Files that are named twice, and a table that lies among the recordings."""
    write_csv(tmp_path / "a.csv", made_up_microvolts())
    with ResumableTable(tmp_path / "z.csv") as table:
        first = find_recordings([tmp_path])
        _fill(table, table.pending(first, summary, NOTHING_STATED), outcome)
        table.finish(first)
    found = find_recordings([tmp_path, tmp_path / "." / "a.csv", os.path.relpath(tmp_path / "a.csv")])
    assert len(found) == 4
    with ResumableTable(tmp_path / "z.csv") as table:
        assert table.pending(found, summary, NOTHING_STATED) == []
        assert table.finish(found) == 1


def test_a_table_is_no_recording_whatever_way_its_folder_is_reached(tmp_path: Path, summary: ModelSummary) -> None:
    """Nor is what a program that was killed while it wrote the table has left."""
    folder = tmp_path / "folder"
    folder.mkdir()
    write_csv(folder / "z.csv", made_up_microvolts())
    (folder / ".r.csv.writing").write_bytes((folder / "z.csv").read_bytes())
    (tmp_path / "link").symlink_to(folder)
    with ResumableTable(folder / "r.csv") as table:
        (folder / "r.csv").write_text("a,b\n")
        pending = table.pending(find_recordings([tmp_path / "link"]), summary, NOTHING_STATED)
    assert [Path(source.path).name for source in pending] == ["z.csv"]


def test_rows_that_a_file_has_no_recording_for_any_more_leave_the_table(
    tmp_path: Path, summary: ModelSummary, outcome: Outcome
) -> None:
    """Those of files that are not looked at stay."""
    sources = [RecordingSource(Recording, str(tmp_path / "a.npz"), number) for number in range(3)]  # type: ignore[arg-type] # never read
    other = RecordingSource(Recording, str(tmp_path / "b.npz"))  # type: ignore[arg-type] # never read
    with ResumableTable(tmp_path / "r.csv") as table:
        _fill(table, [*sources, other], outcome)
        assert table.pending(sources[:1], summary, NOTHING_STATED) == []
        assert table.finish(sources[:1]) == 2
    assert [Path(str(row["path"])).name for row in read_rows(tmp_path / "r.csv")] == ["a.npz", "b.npz"]


def test_every_file_of_a_wfdb_record_counts(tmp_path: Path, summary: ModelSummary, outcome: Outcome) -> None:
    """The one with the samples too, which only the header names."""
    WFDB_FILES[0].write(tmp_path / WFDB_FILES[0].name, made_up_microvolts())
    sources = find_recordings([tmp_path])
    with ResumableTable(tmp_path / "r.csv") as table:
        _fill(table, sources, outcome)
        assert table.pending(sources, summary, NOTHING_STATED) == []
        (samples,) = [path for path in tmp_path.iterdir() if path.suffix in {".dat", ".mat"}]
        os.utime(samples, ns=(1, 1))
        assert table.pending(sources, summary, NOTHING_STATED) == sources


def test_the_table_of_a_ptbxl_folder_counts(tmp_path: Path, summary: ModelSummary, outcome: Outcome) -> None:
    """It says age and sex."""
    names = "ecg_id,patient_id,age,sex,height,weight,pacemaker,infarction_stadium1,infarction_stadium2,scp_codes"
    (tmp_path / TABLE_NAME).write_text(f"{names},strat_fold,filename_lr,filename_hr\n7,1,50,0,,,,,,{{}},1,a_lr,a_hr\n")
    (tmp_path / STATEMENTS_NAME).write_text(",diagnostic,diagnostic_class\n")
    sources = find_recordings([tmp_path])
    with ResumableTable(tmp_path / "r.csv") as table:
        _fill(table, sources, outcome)
        assert [row.path for row in sources] == [str(tmp_path / "a_lr.dat")]
        assert table.pending(sources, summary, NOTHING_STATED) == []
        os.utime(tmp_path / TABLE_NAME, ns=(1, 1))
        assert table.pending(sources, summary, NOTHING_STATED) == sources


@pytest.mark.parametrize("name", ["r.csv", "r.parquet", "r.jsonl", "r.csv.partial"])
def test_files_of_others_are_left_alone(tmp_path: Path, name: str) -> None:
    """Whatever is called like a table or its journal."""
    for content in (b"name\na\n", json.dumps({"name": "a"}).encode()):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnwritableFileError, match=r"it is (no table|something else)"):
            ResumableTable(tmp_path / name.removesuffix(".partial"))
        assert (tmp_path / name).read_bytes() == content
        assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_full_disk_is_told(tmp_path: Path, summary: ModelSummary, outcome: Outcome) -> None:
    """By the name of the file; rows of before are kept, and half a one is none."""
    sources = _files(tmp_path, 2)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with ResumableTable(tmp_path / "r.csv") as table:
        _fill(table, sources[:1], outcome)
        resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "r.csv.partial").stat().st_size + 10, limits[1]))
        try:
            with pytest.raises(UnwritableFileError, match=r"r\.csv\.partial cannot be written: the disk is full"):
                _fill(table, sources[1:], outcome)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with ResumableTable(tmp_path / "r.csv") as table:
        assert table.pending(sources, summary, NOTHING_STATED) == sources[1:]
