"""A folder in the shape of PTB-XL with the columns that only an evaluation reads."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from ecg_testing.ptbxl_folder import write_ptbxl_folder

RECORDS = 90
DEVICES = ("CS-12   E", "AT-6 C 5.5")


@pytest.fixture(scope="session")
def annotated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthetic records: ten in each of folds 1 to 9, two of each class; fold 9 has one more that is unlabelled."""
    folder = write_ptbxl_folder(tmp_path_factory.mktemp("ptbxl") / "annotated", count=RECORDS)
    _rewrite(folder / "ptbxl_database.csv", _annotate)
    return folder


def _rewrite(path: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        lines = change(list(csv.DictReader(file)))
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(lines[0]))
        table.writeheader()
        table.writerows(lines)


def _annotate(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    unlabelled = {**lines[-1], "ecg_id": str(RECORDS + 1), "scp_codes": "{'SR': 0.0}"}
    return [
        {
            **line,
            "device": DEVICES[index % 2],
            "baseline_drift": " , V6" if index % 3 == 0 else "",
            "static_noise": " ",
            "burst_noise": "alles" if index % 4 == 0 else "",
            "electrodes_problems": "",
        }
        for index, line in enumerate([*lines, unlabelled])
    ]
