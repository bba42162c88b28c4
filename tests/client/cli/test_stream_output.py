"""Rows in files and through pipes, and runs that are broken off and resumed."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pandas as pd
import pytest

from ecg.v1 import ecg_service_pb2, ecg_service_pb2_grpc
from ecg_client import EcgClient
from ecg_client.tables.row_formats import read_rows
from ecg_client.tables.rows import columns
from ecg_testing.ecg_files import made_up_microvolts
from ecg_testing.ecg_files.every import EVERY_FILE
from ecg_testing.ecg_files.tables import write_csv
from ecg_testing.fake_service import CLASS_CODES, FakeService

Ecg = Callable[..., tuple[int, str, str]]
SUFFIXES = (".csv", ".parquet", ".jsonl")
STATED = ("--sample-rate", 500, "--unit", "uV")


class ExpiringService(FakeService):
    """A service that asks for a token as soon as one of its streams has ended."""

    def PredictStream(  # noqa: N802 - the name in the contract
        self, request_iterator: Iterator[ecg_service_pb2.PredictStreamRequest], context: grpc.ServicerContext
    ) -> Iterator[ecg_service_pb2.PredictStreamResponse]:
        """Answers as ever."""
        try:
            yield from super().PredictStream(request_iterator, context)
        finally:
            if self.cuts_expire:
                self.token = "another"  # noqa: S105 - nobody's

    cuts_expire = False


@pytest.fixture
def service() -> ExpiringService:
    """The service behind `address`."""
    return ExpiringService()


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder with a file of every format, in folders, and three that are broken."""
    folder = tmp_path / "mixed"
    for number, file in enumerate(EVERY_FILE):
        (folder / str(number)).mkdir(parents=True)
        file.write(folder / str(number) / file.name, made_up_microvolts())
    (folder / "broken.dcm").write_bytes(b"nothing of the kind")
    (folder / "empty.csv").write_bytes(b"")
    (folder / "lost.hea").write_text("lost 1 500 5000\nlost.dat 16 1000/mV 16 0 0 0 0 I\n")
    return folder


def _rows(path: Path) -> list[dict[str, Any]]:
    return list(read_rows(path))


def test_every_format_of_table_and_a_frame_say_the_same(
    ecg: Ecg, mixed: Path, tmp_path: Path, client: EcgClient
) -> None:
    """Of a folder of every format of file, and of those that are broken: a row for each, which says why."""
    for suffix in SUFFIXES:
        code, _, _ = ecg("stream", mixed, "--output", tmp_path / f"r{suffix}", *STATED)
        assert code == 1
    _, printed, err = ecg("stream", mixed, "--csv", *STATED)

    rows, *others = [_rows(tmp_path / f"r{suffix}") for suffix in SUFFIXES]
    assert others == [rows, rows]
    assert printed == (tmp_path / "r.csv").read_text("utf-8")
    assert f"{len(rows)} recordings; 3 could not be read or classified" in err
    assert len(rows) == len(EVERY_FILE) + 3
    assert list(rows[0]) == list(columns(CLASS_CODES))
    assert {Path(row["path"]).name for row in rows if row["reason"]} == {"broken.dcm", "empty.csv", "lost.hea"}
    assert all((row["reason"] is None) == (row["model_version"] == "1.0.0") for row in rows)

    frame = client.predict_frame(pd.DataFrame({"path": [row["path"] for row in rows]}), sample_rate_hz=500, unit="uV")
    cells = frame.astype(object).where(frame.notna(), None)
    assert cells.to_dict("records") == rows


def test_a_row_tells_what_an_answer_tells(ecg: Ecg, npz: Path, tmp_path: Path) -> None:
    """In figures as short as the wire has them; words in one cell are parted by a bar."""
    ecg("stream", npz, "--output", tmp_path / "r.jsonl")
    row = _rows(tmp_path / "r.jsonl")[33]
    assert (row["path"], row["number"], row["recording_id"]) == (str(npz), 33, "33")
    assert [row[f"{code}_probability"] for code in CLASS_CODES] == [0.94, 0.003, 0.012, 0.046, 0.02]
    assert (row["NORM_is_positive"], row["NORM_threshold"], row["findings"]) == (True, 0.5, "NORM")
    assert (row["labels"], row["warnings"], row["is_abstained"]) == ("NORM|CD", "METADATA_IMPUTED", False)
    assert (row["uncertainty"], row["operating_point"], row["model_name"]) == (0.25, "half", "fake")
    assert _rows(tmp_path / "r.jsonl")[1]["abstentions"] == "UNCERTAIN|UNFAMILIAR:AVF"


def test_predict_prints_rows_too(ecg: Ecg, npz: Path, tmp_path: Path) -> None:
    """With the columns of every table, and nothing else on standard output."""
    code, out, err = ecg("predict", npz, tmp_path / "gone.hea", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (code, err, len(rows), rows[-1]["reason"]) == (1, "", 41, "UNREADABLE_FILE")
    assert rows[33]["NORM_probability"] == "0.94"


def test_parquet_goes_through_a_pipe(address: str, npz: Path) -> None:
    """Whole, whatever its size; a terminal is spared it."""
    command = [sys.executable, "-m", "ecg_client.cli", "stream", npz, "--parquet", "--address", address]
    finished = subprocess.run(command, capture_output=True, timeout=60, check=True)  # noqa: S603 - our own
    frame = pd.read_parquet(io.BytesIO(finished.stdout))
    assert (len(frame), list(frame.columns)) == (40, list(columns(CLASS_CODES)))
    assert b"40 recordings" in finished.stderr


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["--resume"], "name it with --output"),
        (["--output", "r.xlsx"], "must end in one of .parquet, .csv, .jsonl"),
        (["--json", "--csv"], "give one of --json, --csv and --parquet"),
    ],
)
def test_what_makes_no_table_is_a_usage_error(ecg: Ecg, npz: Path, arguments: list[str], remedy: str) -> None:
    """It says what to give."""
    code, _, err = ecg("stream", npz, *arguments)
    assert code == 2
    assert remedy in " ".join(err.split())


def test_nothing_that_is_there_is_overwritten(ecg: Ecg, npz: Path, tmp_path: Path, service: FakeService) -> None:
    """Neither a table nor what an earlier run left of one, nor what is no table of ours, with --resume even."""
    table, left, other = tmp_path / "r.csv", tmp_path / "s.csv.partial", tmp_path / "t.csv"
    for path in (table, left, other):
        path.write_text("name,value\na,1\n")
    for arguments, remedy in (
        ((table,), "is there already; go on with it with --resume"),
        ((tmp_path / "s.csv",), "go on with it with --resume, or remove it"),
        ((other, "--resume"), "it is no table that `ecg stream --output` wrote"),
        ((tmp_path / "gone" / "r.csv",), "cannot be written"),
    ):
        code, _, err = ecg("stream", npz, "--output", *arguments)
        assert code == 2
        assert remedy in " ".join(err.split())
    assert {path.read_text() for path in (table, left, other)} == {"name,value\na,1\n"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.npz", "r.csv", "s.csv.partial", "t.csv"]
    assert service.received_count == 0


@pytest.mark.usefixtures("npz")
def test_what_is_done_is_not_done_again(ecg: Ecg, tmp_path: Path, service: FakeService) -> None:
    """With a table that is finished, a new file is all that is sent; a broken one is looked at again."""
    (tmp_path / "broken.dcm").write_bytes(b"nothing of the kind")
    folder, table = tmp_path, tmp_path / "r.csv"
    assert ecg("stream", folder, "--output", table)[0] == 1
    write_csv(tmp_path / "new.csv", made_up_microvolts())
    code, out, _ = ecg("stream", folder, "--output", table, "--resume")
    assert (code, service.received_count) == (1, 41)
    assert "2 recordings; 1 could not be read or classified\nClassified by an earlier run, and kept: 40 (not in" in out
    rows = _rows(table)
    assert [row["recording_id"] for row in rows] == [None, *map(str, range(40)), "new"]
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_cannot_be_opened_now_costs_no_row(
    ecg: Ecg, npz: Path, tmp_path: Path, service: FakeService, suffix: str
) -> None:
    """Though its size and time are what they were, that is told; once it can be opened, all is as before."""
    table, content, state = tmp_path / f"r{suffix}", npz.read_bytes(), npz.stat()
    ecg("stream", npz, "--output", table)
    before = _rows(table)

    def overwrite(now: bytes) -> None:
        npz.write_bytes(now)
        os.utime(npz, ns=(state.st_atime_ns, state.st_mtime_ns))

    overwrite(bytes(len(content)))
    code, out, _ = ecg("stream", npz, "--output", table, "--resume")
    assert (code, "1 could not be read or classified" in out) == (1, True)
    assert _rows(table)[1:] == before[1:]
    assert "not an .npz file" in _rows(table)[0]["message"]
    overwrite(content)
    assert ecg("stream", npz, "--output", table, "--resume")[0] == 0
    assert (_rows(table), service.received_count) == (before, 41)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_changed_is_done_again(ecg: Ecg, tmp_path: Path, service: FakeService, suffix: str) -> None:
    """And has one row, which is the new one."""
    table = tmp_path / f"r{suffix}"
    for name in ("a.csv", "b.csv"):
        write_csv(tmp_path / name, made_up_microvolts())
    files = (tmp_path / "a.csv", tmp_path / "b.csv")
    assert ecg("stream", *files, "--output", table)[0] == 0
    before = _rows(table)
    write_csv(tmp_path / "b.csv", made_up_microvolts() + np.int16(500))
    assert ecg("stream", *files, "--output", table, "--resume")[0] == 0
    after = _rows(table)
    assert service.received_count == 3
    assert (after[0], len(after)) == (before[0], 2)
    assert after[1]["MI_probability"] == pytest.approx(before[1]["MI_probability"] + 0.5, abs=1e-6)


def test_another_model_answers_everything_anew(ecg: Ecg, npz: Path, tmp_path: Path, service: FakeService) -> None:
    """No table has the answers of two."""
    ecg("stream", npz, "--output", tmp_path / "r.csv")
    ecg("stream", npz, "--output", tmp_path / "r.csv", "--resume", "--model-version", "canary")
    assert service.received_count == 80
    assert {row["model_version"] for row in _rows(tmp_path / "r.csv")} == {"1.1.0"}


def test_rows_of_other_files_stay(ecg: Ecg, npz: Path, tmp_path: Path) -> None:
    """A table may grow from folder to folder; nor does --limit take anything out of it."""
    write_csv(tmp_path / "a.csv", made_up_microvolts())
    ecg("stream", npz, "--output", tmp_path / "r.csv")
    ecg("stream", tmp_path / "a.csv", "--output", tmp_path / "r.csv", "--resume")
    ecg("stream", npz, npz, "--output", tmp_path / "r.csv", "--resume", "--limit", 1)
    assert [row["recording_id"] for row in _rows(tmp_path / "r.csv")] == [*map(str, range(40)), "a"]


def test_a_stream_that_breaks_off_is_resumed(ecg: Ecg, npz: Path, tmp_path: Path, service: ExpiringService) -> None:
    """What was answered before is kept, and where it is and how to go on is said."""
    table = tmp_path / "r.parquet"
    service.cuts_expire = True
    service.cuts.append(10)
    code, out, err = ecg("stream", npz, "--output", table, "--report", tmp_path / "r.html")
    assert (code, table.exists()) == (3, False)
    assert "the stream broke off: 10 results; the rest has none\n" in err
    assert f"what there is lies in {table}.partial; the same command goes on with --resume\n" in err
    service.cuts_expire, service.token = False, None
    code, out, _ = ecg("stream", npz, "--output", table, "--resume", "--report", tmp_path / "r.html")
    assert code == 0
    assert "Classified by an earlier run, and kept: 10 (not in these figures)\n" in out
    assert f"{table}: 40 rows\n" in out
    assert [row["number"] for row in _rows(table)] == list(range(40))
    assert "10 recordings that an earlier run classified are not on this page" in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize(("ending", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_client_that_is_ended_is_resumed(  # noqa: PLR0913, PLR0917 - fixtures
    ecg: Ecg, address: str, tmp_path: Path, service: FakeService, ending: signal.Signals, status: int
) -> None:
    """Each recording has one row, in order, and what had one before is not sent again."""
    table, journal = tmp_path / "r.parquet", tmp_path / "r.parquet.partial"
    service.hold_after = 100
    arguments = ["stream", "--synthetic", "1000", "--output", str(table)]
    command = [sys.executable, "-m", "ecg_client.cli", *arguments, "--address", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - our own
        _wait_for_lines(journal, 100)
        process.send_signal(ending)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, table.exists(), journal.read_bytes().count(b"\n")) == (status, False, 100)
    assert (b"goes on with --resume" in err) == (ending == signal.SIGINT)
    with journal.open("ab") as file:
        file.write(b'{"path": "synthetic", "num')

    service.hold_after = None
    service.groups.clear()
    code, out, _ = ecg(*arguments, "--resume")
    assert (code, service.received_count) == (0, 900)
    assert "Classified by an earlier run, and kept: 100 (not in these figures)\nFindings" in out
    assert "Synthetic, made up by this program: 900\n" in out
    assert [(row["path"], row["number"]) for row in _rows(table)] == [("synthetic", index) for index in range(1000)]
    assert [path.name for path in tmp_path.iterdir()] == ["r.parquet"]


def test_a_server_that_dies_and_comes_back_costs_nothing(
    ecg: Ecg, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The run goes on by itself: each recording has one row."""
    first, second = FakeService(), FakeService()
    first.hold_after = 200
    server = _server(first)
    port = server.add_insecure_port("127.0.0.1:0")
    monkeypatch.setenv("ECG_ADDRESS", f"127.0.0.1:{port}")
    server.start()
    again = _server(second)

    def kill_and_start_again() -> None:
        _wait_for_lines(tmp_path / "r.jsonl.partial", 200)
        server.stop(grace=None).wait()
        again.add_insecure_port(f"127.0.0.1:{port}")
        again.start()

    killer = threading.Thread(target=kill_and_start_again)
    killer.start()
    code, _, err = ecg("stream", "--synthetic", 1000, "--output", tmp_path / "r.jsonl")
    killer.join()
    again.stop(grace=None).wait()
    assert code == 0
    assert "the stream was cut after" in err
    assert [row["number"] for row in _rows(tmp_path / "r.jsonl")] == list(range(1000))
    assert second.received_count == 800


def test_two_programs_do_not_write_one_table(
    ecg: Ecg, address: str, npz: Path, tmp_path: Path, service: FakeService
) -> None:
    """The second is told, and the first is not disturbed."""
    service.hold_after = 1
    table = tmp_path / "r.csv"
    arguments = ["stream", "--synthetic", "2", "--output", table, "--address", address]
    command = [sys.executable, "-m", "ecg_client.cli", *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        _wait_for_lines(tmp_path / "r.csv.partial", 1)
        code, _, err = ecg("stream", npz, "--output", table, "--resume")
        process.kill()
    assert (code, "another program is writing it" in err) == (2, True)


def test_json_and_an_output_go_together(ecg: Ecg, npz: Path, tmp_path: Path) -> None:
    """One for the program that reads, one to keep."""
    _, out, _ = ecg("stream", npz, "--json", "--output", tmp_path / "r.csv")
    names = [json.loads(line)["recording_id"] for line in out.splitlines()]
    assert names == [row["recording_id"] for row in _rows(tmp_path / "r.csv")]


def _server(service: FakeService) -> grpc.Server:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    ecg_service_pb2_grpc.add_EcgServiceServicer_to_server(service, server)
    return server


def _wait_for_lines(path: Path, count: int) -> None:
    end = time.monotonic() + 60
    while not (path.exists() and path.read_bytes().count(b"\n") >= count):
        assert time.monotonic() < end
        time.sleep(0.01)
