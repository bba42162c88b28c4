"""What PTB-XL's table notes beside diagnoses and patients: the device, and faults of the signal."""

from dataclasses import dataclass
from pathlib import Path

from ecg_client.formats.ptbxl_table import TABLE_NAME, naming_faults, read_lines

QUALITY_COLUMNS = ("baseline_drift", "static_noise", "burst_noise", "electrodes_problems")


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is noted of one record.

    Attributes:
        device: the electrocardiograph, such as "AT-6 C 5.5".
        faults: those of `QUALITY_COLUMNS` in which anything is noted, whatever the lead.
    """

    device: str
    faults: frozenset[str]


def read_annotations(folder: Path) -> dict[int, Annotation]:
    """Return the annotations of all records, by `ecg_id`.

    Raises:
        UnreadableFileError: the table cannot be read or lacks a column.
    """
    path = folder / TABLE_NAME
    with naming_faults(path):
        return {int(line["ecg_id"]): _annotation(line) for line in read_lines(path)}


def _annotation(line: dict[str, str]) -> Annotation:
    return Annotation(
        # The table pads some devices: "CS-12   E".
        device=" ".join(line["device"].split()) or "unknown",
        faults=frozenset(column for column in QUALITY_COLUMNS if line[column].strip()),
    )
