"""The table of a PTB-XL folder: what is known of each record, its labels, and where its signal lies."""

import ast
import contextlib
import csv
import dataclasses
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from ecg_client.errors import UnreadableFileError
from ecg_client.recording import InfarctionStage, PatientMetadata, Sex

TABLE_NAME = "ptbxl_database.csv"
STATEMENTS_NAME = "scp_statements.csv"
CLASS_CODES = ("NORM", "MI", "STTC", "CD", "HYP")
"""The diagnostic superclasses, in the order of `PtbxlRow.labels`."""

# From version 1.0.2 on the table writes ages above 89 as 300, so that nobody can be recognised by a great age.
OVER_89_CODE = 300.0
OVER_89_YEARS = 90.0

_SEXES = {"0": Sex.MALE, "1": Sex.FEMALE}
_STAGES = {
    "unknown": InfarctionStage.UNKNOWN,
    "Stadium I": InfarctionStage.I,
    "Stadium I-II": InfarctionStage.I_II,
    "Stadium II": InfarctionStage.II,
    "Stadium II-III": InfarctionStage.II_III,
    "Stadium III": InfarctionStage.III,
}

# Fifty times as large as those of PTB-XL.
GREATEST_TABLE_BYTES = 1 << 28

# What lines with too few values, values of another kind, and values nested without end provoke.
_FAULTS = (AttributeError, MemoryError, OverflowError, RecursionError, SyntaxError, TypeError, ValueError, csv.Error)


@dataclasses.dataclass(frozen=True, slots=True)
class PtbxlRow:
    """One record of the table.

    Attributes:
        ecg_id: Number of the record.
        patient_id: Number of the patient; a patient may have several records, all in the same fold.
        fold: `strat_fold`, 1 to 10. By custom 1 to 8 train, 9 validates and 10 tests.
        metadata: What is known of the patient.
        labels: 0 or 1 for each of `CLASS_CODES`; all 0 where no statement of the record is diagnostic.
        statements: Codes of all its statements on diagnosis, form and rhythm, as in `scp_statements.csv`.
        file_stem_100hz: Signal file at 100 Hz, relative to the folder, without suffix.
        file_stem_500hz: Signal file at 500 Hz, likewise.
    """

    ecg_id: int
    patient_id: int
    fold: int
    metadata: PatientMetadata
    labels: tuple[int, ...]
    statements: tuple[str, ...]
    file_stem_100hz: str
    file_stem_500hz: str


def is_ptbxl_folder(path: Path) -> bool:
    """Says whether a path is a folder that holds the table of PTB-XL."""
    return (path / TABLE_NAME).is_file()


def read_table(
    folder: Path | str, *, folds: Collection[int] | None = None, with_infarction_stages: bool = False
) -> list[PtbxlRow]:
    """Reads the table, and no signal.

    A record shows a class when any of its statements is diagnostic and of that class, whatever its likelihood. An age
    of 300, which stands for "over 89", is read as 90. A pacemaker is read as absent where none is noted.

    Args:
        folder: The folder that holds `ptbxl_database.csv` and `scp_statements.csv`.
        folds: The folds to read; None reads all.
        with_infarction_stages: Whether to read the infarction stages. They give the diagnosis away: the physician
            who wrote it wrote them.

    Returns:
        One row for each record, in the order of the table.

    Raises:
        UnreadableFileError: A table is missing, or is not what PhysioNet publishes.
    """
    folder = Path(folder)
    class_of = _read_class_of_statement(folder / STATEMENTS_NAME)
    path = folder / TABLE_NAME
    with naming_faults(path):
        return [
            _row(line, class_of, with_infarction_stages=with_infarction_stages)
            for line in read_lines(path)
            if folds is None or int(line["strat_fold"]) in folds
        ]


@contextlib.contextmanager
def naming_faults(path: Path) -> Iterator[None]:
    """Turns whatever a file that is not the published one provokes into the error that names it."""
    try:
        yield
    except OSError as error:
        raise UnreadableFileError(
            path, f"{error.strerror or error}; give the folder as PhysioNet publishes it"
        ) from error
    except KeyError as error:
        raise UnreadableFileError(
            path, f"there is no column {error}; give the table as PhysioNet publishes it"
        ) from error
    except _FAULTS as error:
        raise UnreadableFileError(path, f"{str(error)[:200]}; give the table as PhysioNet publishes it") from error


def read_lines(path: Path) -> Iterator[dict[str, str]]:
    """Reads the lines of a table, each by the names of its columns."""
    if path.stat().st_size > GREATEST_TABLE_BYTES:
        raise ValueError(f"the table has more than {GREATEST_TABLE_BYTES} bytes")
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _read_class_of_statement(path: Path) -> dict[str, str]:
    with naming_faults(path):
        return {line[""]: line["diagnostic_class"] for line in read_lines(path) if _number(line["diagnostic"]) == 1}


def _row(line: Mapping[str, str], class_of: Mapping[str, str], *, with_infarction_stages: bool) -> PtbxlRow:
    statements = tuple(ast.literal_eval(line["scp_codes"]))
    return PtbxlRow(
        ecg_id=int(line["ecg_id"]),
        patient_id=int(float(line["patient_id"])),
        fold=int(line["strat_fold"]),
        metadata=_metadata(line, with_infarction_stages=with_infarction_stages),
        labels=_labels(statements, class_of),
        statements=statements,
        file_stem_100hz=_stem(line["filename_lr"]),
        file_stem_500hz=_stem(line["filename_hr"]),
    )


def _labels(statements: Collection[str], class_of: Mapping[str, str]) -> tuple[int, ...]:
    shown = {class_of.get(statement) for statement in statements}
    return tuple(int(code in shown) for code in CLASS_CODES)


def _metadata(line: Mapping[str, str], *, with_infarction_stages: bool) -> PatientMetadata:
    age = _number(line["age"])
    return PatientMetadata(
        age_years=OVER_89_YEARS if age == OVER_89_CODE else age,
        sex=_SEXES.get(line["sex"]),
        height_cm=_number(line["height"]),
        weight_kg=_number(line["weight"]),
        first_infarction_stage=_STAGES.get(line["infarction_stadium1"]) if with_infarction_stages else None,
        second_infarction_stage=_STAGES.get(line["infarction_stadium2"]) if with_infarction_stages else None,
        has_pacemaker=_has_pacemaker(line["pacemaker"]),
    )


def _has_pacemaker(note: str) -> bool | None:
    # The notes are German: "ja, pacemaker" where there is one, and question marks where the reader was in doubt.
    if "?" in note:
        return None
    return note.startswith("ja")


def _number(text: str) -> float | None:
    return float(text) if text else None


def _stem(text: str | None) -> str:
    if text is None:  # the line is too short
        raise ValueError("a line names no signal file")
    return text
