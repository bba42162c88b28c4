"""Archives of made-up recordings, and the rows that they became."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ecg_client.formats.synthetic import generate_recording
from ecg_client.tables.row_formats import read_rows
from ecg_testing.ecg_files import made_up_microvolts
from ecg_testing.ecg_files.every import EVERY_FILE
from ecg_testing.ptbxl_folder import write_ptbxl_folder
from ecg_testing.wfdb_folder import write_record

COMMAND = (sys.executable, "-m", "ecg_cluster.archive")
PATIENCE_SECONDS = 300


@dataclasses.dataclass(frozen=True, slots=True)
class Cluster:
    """A Ray cluster.

    Attributes:
        address: HOST:PORT of its head.
        pid: the process that started all of its processes.
    """

    address: str
    pid: int


def write_mixed_archive(folder: Path) -> Path:
    """Write one file of each format, a PTB-XL folder of nine, and what is no recording, or none any more."""
    for index, one in enumerate(EVERY_FILE):
        (folder / f"{index:02}").mkdir(parents=True)
        one.write(folder / f"{index:02}" / one.name, made_up_microvolts())
    write_ptbxl_folder(folder / "ptbxl", count=9)
    (folder / "broken.edf").write_bytes(b"0       " + bytes(100))
    (folder / "README").write_text("what nobody means to be a recording", encoding="utf-8")
    (folder / ".hidden.dcm").write_bytes(b"")
    return folder


def write_wfdb_archive(folder: Path, count: int) -> Path:
    """Write WFDB records with the names 000, 001 and so on."""
    for index in range(count):
        write_record(folder / f"{index:03}", generate_recording(index).signal / 1000)
    return folder


def rows_of(table: Path) -> list[dict[str, Any]]:
    """Return the rows of a file, or of a folder of parts, by path and number."""
    files = sorted(table.glob("part-*.parquet")) if table.is_dir() else [table]
    rows = [dict(row) for file in files for row in read_rows(file)]
    return sorted(rows, key=lambda row: (row["path"], row["number"]))


def paths_of(table: Path) -> list[str]:
    """Return the path in each row of all parts, which must be whole; of one recording there is one row."""
    paths = [path for part in table.glob("part-*.parquet") for path in pq.read_table(part)["path"].to_pylist()]
    assert len(paths) == len(set(paths))
    return sorted(paths)


def run(*arguments: str | Path, status: int = 0, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, which must be with that status."""
    ended = subprocess.run(  # noqa: S603 - our own
        [*COMMAND, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert ended.returncode == status, (ended.returncode, ended.stdout, ended.stderr)
    return ended


def begin(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start the command."""
    return subprocess.Popen(  # noqa: S603 - our own
        [*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
