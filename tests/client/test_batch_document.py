"""What docs/batch.md says is so, and what it tells people to type works."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ecg_client.outcomes import INVALID_RECORDING, RECORDING_TOO_LARGE, UNREADABLE_FILE
from ecg_client.tables.frame_recordings import FRAME_COLUMNS
from ecg_client.tables.row_formats import ROW_FORMATS
from ecg_client.tables.rows import columns
from ecg_testing.ecg_files import dicom, edf, made_up_microvolts, wfdb_files
from ecg_testing.tools import tool

TEXT = (Path(__file__).parents[2] / "docs" / "batch.md").read_text(encoding="utf-8")
KINDS = {"text": str, "whole number": int, "number": float, "true/false": bool}


def test_every_column_is_explained() -> None:
    """In the order of the tables, with its kind."""
    rows = re.findall(r"^\| `(\w+)` \| ([a-z/ ]+) \| ", TEXT, flags=re.MULTILINE)
    assert {name: KINDS[kind] for name, kind in rows} == columns(["CODE"])
    assert [name for name, _ in rows] == list(columns(["CODE"]))
    assert all(f"`{name}`" in TEXT for name in (UNREADABLE_FILE, RECORDING_TOO_LARGE, INVALID_RECORDING))
    assert all(suffix in TEXT for suffix in ROW_FORMATS)


def test_every_column_of_a_frame_is_explained() -> None:
    """Those that have a meaning, and no others."""
    table = TEXT.partition("These have a meaning:")[2]
    cells = re.findall(r"^\| (`.+?`) \|", table, flags=re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(cells)) == list(FRAME_COLUMNS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the document's commands speak of."""
    records = tmp_path / "path" / "to" / "folder"
    records.mkdir(parents=True)
    wfdb_files.FILES[0].write(records / wfdb_files.FILES[0].name, made_up_microvolts())
    dicom.FILES[0].write(tmp_path / "one.dcm", made_up_microvolts())
    edf.FILES[0].write(tmp_path / "another.edf", made_up_microvolts())
    (tmp_path / "records").symlink_to(records)
    return tmp_path


def test_the_commands_work(folder: Path, address: str) -> None:
    """All of them, one after the other."""
    lines = "".join(re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL)).splitlines()
    tool("jq")
    assert len(lines) >= 6
    script = "\n".join([f'ecg() {{ "{sys.executable}" -m ecg_client.cli "$@"; }}', *lines])
    environment = {**os.environ, "ECG_ADDRESS": address}
    command = ["bash", "-euo", "pipefail", "-c", script]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=120)  # noqa: S603 - what the document says
    assert (folder / "results.csv").read_text("utf-8").count("\n") == 2


def test_the_example_works(folder: Path, address: str) -> None:
    """It prints a row for each file."""
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    script = code.replace("127.0.0.1:50051", address)
    ran = subprocess.run([sys.executable, "-c", script], cwd=folder, check=True, capture_output=True, timeout=120)  # noqa: S603 - likewise
    assert b"MI_probability" in ran.stdout
