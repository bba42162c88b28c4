"""`python -m benchmarks.archives PTBXL`: an archive through `ecg-archive`, through a stream, and the bare network.

All three classify the same records on the same cores, one after the other, round after round. Of the commands the whole
is measured, from typing to prompt, and the rate while they work: between the first rows that are there and the last.
"""

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pyarrow.parquet as pq

from benchmarks.document import markdown_table, put_between
from benchmarks.processes import memory, running
from benchmarks.spread import spread
from benchmarks.tables import Table, shown
from ecg_client.formats.ptbxl_table import STATEMENTS_NAME, TABLE_NAME
from ecg_model.loading import load_classifier
from ecg_server.cores import usable_cores

DOCUMENT = Path("docs/archives.md")
BEGIN = "<!-- measured: from here on written by `python -m benchmarks.archives PTBXL --document` -->"
END = "<!-- measured: to here -->"
BARE, STREAM, ARCHIVE, WFDB = (
    "the bare network, a loop on each core",
    "ecg stream",
    "ecg-archive",
    "ecg-archive, WFDB files",
)
BATCH = 16
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """How one command went.

    Attributes:
        seconds: from typing to prompt.
        per_s: recordings a second while it worked.
        first_mb: memory of all of its processes when the first rows were there, shared pages counted once.
        highest_mb: the most that it was after that.
    """

    seconds: float
    per_s: float
    first_mb: float = 0.0
    highest_mb: float = 0.0


def copy_of(source: Path, target: Path, count: int) -> Path:
    """Copy so many records of a PTB-XL folder, with their lines of the table."""
    with (source / TABLE_NAME).open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines)
        rows = [row for row, _ in zip(_that_are_there(table, source), range(count), strict=False)]
        names = list(table.fieldnames or ())
    target.mkdir()
    shutil.copy(source / STATEMENTS_NAME, target)
    with (target / TABLE_NAME).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        for suffix in (".dat", ".hea"):
            path = target / (row["filename_lr"] + suffix)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / (row["filename_lr"] + suffix), path)
    return target


def _that_are_there(table: "csv.DictReader[str]", folder: Path) -> list[dict[str, str]]:
    return [row for row in table if (folder / f"{row['filename_lr']}.hea").exists()]


def bare(count: int) -> Run:
    """Run the network as often as the commands have to."""
    classifier = load_classifier("ensemble")
    specification = classifier.manifest.input

    metadata = np.zeros((BATCH, len(specification.metadata)), np.float32)
    signal = np.zeros((BATCH, specification.sample_count, len(specification.lead_names)), np.float32)
    cores = usable_cores()
    begun = time.monotonic()
    with ThreadPoolExecutor(cores) as threads:
        list(threads.map(lambda _: classifier.network(metadata, signal), range(count // BATCH)))
    seconds = time.monotonic() - begun
    return Run(seconds, count // BATCH * BATCH / seconds)


def command(arguments: Sequence[str | Path], rows: Callable[[], int], count: int) -> Run:
    """Run a command to its end.

    Args:
        arguments: of Python.
        rows: says how many rows there are by now.
        count: how many there will be.
    """
    begun = time.monotonic()
    first: tuple[float, int] | None = None
    last = begun
    sizes: list[float] = []
    with subprocess.Popen([sys.executable, *map(str, arguments)], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            time.sleep(POLL_SECONDS)
            found = rows()
            if found and first is None:
                first = (time.monotonic(), found)
            if found < count:
                last = time.monotonic()
            if first is not None and found < count:
                sizes.append(_megabytes(process.pid))
    seconds = time.monotonic() - begun
    began, had = first or (begun, 0)
    return Run(seconds, (count - had) / max(POLL_SECONDS, last - began), sizes[0], max(sizes))


def _megabytes(pid: int) -> float:
    try:
        return memory(pid).pss
    except psutil.Error:  # one of them has just ended
        return 0.0


def _part_rows(out: Path) -> int:
    return sum(pq.ParquetFile(part).metadata.num_rows for part in out.glob("part-*.parquet"))


def _journal_rows(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def measure(folder: Path, count: int, rounds: int, scratch: Path) -> dict[str, list[Run]]:
    """Run everything, round after round."""
    runs: dict[str, list[Run]] = {BARE: [], STREAM: [], ARCHIVE: [], WFDB: []}
    wfdb = scratch / "wfdb"
    (folder / "records100").rename(wfdb)
    shutil.copytree(wfdb, folder / "records100")
    for index in range(rounds):
        runs[BARE].append(bare(count))
        with running("ecg_server", "--port", "0") as server:
            rows = scratch / f"{index}.csv"
            journal = rows.with_name(f"{rows.name}.partial")
            streaming = ("-m", "ecg_client.cli", "stream", folder, "--output", rows, "--address", server.address)
            runs[STREAM].append(command(streaming, partial(_journal_rows, journal), count))
        for name, archive in ((ARCHIVE, folder), (WFDB, wfdb)):
            out = scratch / f"{index}-{name}"
            classifying = ("-m", "ecg_cluster.archive", archive, "--output", out)
            runs[name].append(command(classifying, partial(_part_rows, out), count))
    return runs


def table(runs: dict[str, list[Run]], count: int) -> Table:
    """Return what was measured."""
    rows = []
    for name, all_runs in runs.items():
        ratios = [run.per_s / bare.per_s for run, bare in zip(all_runs, runs[BARE], strict=True)]
        has_memory = any(run.first_mb for run in all_runs)
        rows.append(
            (
                name,
                _shown([run.per_s for run in all_runs], 0),
                _shown(ratios, 2),
                _shown([run.seconds for run in all_runs], 0),
                _shown([run.first_mb for run in all_runs], 0) if has_memory else "–",
                _shown([run.highest_mb for run in all_runs], 0) if has_memory else "–",
            )
        )
    heads = ("", "recordings/s", "× bare", "the whole command, s", "MB at the first rows", "MB at most later")
    return Table(f"{count:,} records of PTB-XL at 100 Hz, {len(runs[BARE])} rounds", heads, tuple(rows))


def _shown(values: Sequence[float], decimals: int) -> str:
    return shown(spread(values), decimals, has_spread=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and, where asked for, document; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.archives", description=__doc__)
    parser.add_argument("ptbxl", type=Path, help="a PTB-XL folder")
    parser.add_argument("--count", type=int, default=4000, help="records (default: 4000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--document", action="store_true", help=f"put the table into {DOCUMENT} too")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ecg-bench-") as scratch:
        folder = copy_of(given.ptbxl, Path(scratch) / "ptbxl", given.count)
        text = markdown_table(table(measure(folder, given.count, given.rounds, Path(scratch)), given.count))
    print(text)  # noqa: T201 - it is read by people
    if given.document:
        put_between(BEGIN, END, text, DOCUMENT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
