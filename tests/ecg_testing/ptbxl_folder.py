"""A folder in the shape of PTB-XL, of synthetic ECGs: small enough to train on in seconds."""

import csv
from pathlib import Path

from ecg_client.formats.synthetic import RHYTHMS, generate_recordings

STATEMENTS = (("NORM", "NORM"), ("STTC", "NDT"), ("CD", "LBBB"), ("MI", "IMI"), ("HYP", "LVH"))
STAGES = ("", "unknown", "Stadium I", "Stadium II", "Stadium III")
COLUMNS = (
    "ecg_id",
    "patient_id",
    "age",
    "sex",
    "height",
    "weight",
    "infarction_stadium1",
    "infarction_stadium2",
    "pacemaker",
    "scp_codes",
    "strat_fold",
    "filename_lr",
    "filename_hr",
)


def write_ptbxl_folder(folder: Path, *, count: int, with_stages: bool = True) -> Path:
    """Write a table, the statements and signals at 100 Hz; the rhythms stand for the classes.

    Args:
        folder: where; it is made.
        count: records, dealt out to folds 1 to 9 in turn.
        with_stages: whether the records of class MI have infarction stages, as in PTB-XL; nothing else differs.
    """
    (folder / "records100").mkdir(parents=True)
    with (folder / "scp_statements.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("", "diagnostic", "diagnostic_class"))
        writer.writerows((statement, "1.0", class_code) for class_code, statement in STATEMENTS)
    with (folder / "ptbxl_database.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        for index, recording in enumerate(generate_recordings(count, seed=1)):
            recording.signal.astype("<i2").tofile(folder / f"records100/{index:05d}_lr.dat")
            table.writerow(_row(index, with_stages=with_stages))
    return folder


def _row(index: int, *, with_stages: bool) -> dict[str, object]:
    kind = index % len(RHYTHMS)
    class_code, statement = STATEMENTS[kind]
    stage = STAGES[1 + index % 4] if with_stages and class_code == "MI" else ""
    return {
        "ecg_id": index + 1,
        "patient_id": float(index + 1),
        "age": 300.0 if index == 0 else 40.0 + index % 50,
        "sex": index % 2,
        "height": "" if index % 3 else 160.0 + index % 40,
        "weight": "" if index % 2 else 60.0 + index % 40,
        "infarction_stadium1": stage,
        "infarction_stadium2": stage,
        "pacemaker": "ja, pacemaker" if index % 7 == 0 else "",
        "scp_codes": str({statement: 100.0, "SR": 0.0}),
        # Whole turns of the rhythms go into one fold, so that every fold has every class.
        "strat_fold": 1 + index // len(RHYTHMS) % 9,
        "filename_lr": f"records100/{index:05d}_lr",
        "filename_hr": f"records500/{index:05d}_hr",
    }
