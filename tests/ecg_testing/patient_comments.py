"""Comments of WFDB headers, and what a client of any language sends of them."""

from pathlib import Path

from ecg.v1.recording_pb2 import SEX_FEMALE, SEX_MALE, PatientMetadata
from ecg_testing.wfdb_folder import millivolts_of, write_record

_BLANKS = " " * 200_000

# By the name of the record that has the comments.
COMMENTS: dict[str, tuple[tuple[str, ...], PatientMetadata]] = {
    "all-of-them": (
        ("# Age: 61", "# Sex: Female", "# Height: 170", "# Weight: 70.5", "# Pacemaker: yes", "# Dx: 59118001"),
        PatientMetadata(age_years=61, sex=SEX_FEMALE, height_cm=170, weight_kg=70.5, has_pacemaker=True),
    ),
    "however-they-are-written": (
        ("#AGE:61 Y", "  ## sex : m", "# height:\t1.7e2 cm", "# Weight: 70KG #", "#pacemaker: No"),
        PatientMetadata(age_years=61, sex=SEX_MALE, height_cm=170, weight_kg=70, has_pacemaker=False),
    ),
    "over-89": (("# Age: 300", "# Sex: F"), PatientMetadata(age_years=90, sex=SEX_FEMALE)),
    "newborn": (("# Age: 0 years", "# Sex: MALE"), PatientMetadata(age_years=0, sex=SEX_MALE)),
    "of-what-is-said-twice-the-first-counts": (
        ("# Age: unknown", "# Age: 61", "# Weight: 70", "# Weight: 80", "# Sex:", "# Sex: M"),
        PatientMetadata(weight_kg=70),
    ),
    "in-other-units": (("# Age: 6 months", "# Height: 5 ft", "# Weight: 154 lb"), PatientMetadata()),
    "out-of-range": (("# Age: 131", "# Height: 0", "# Weight: 1e999", "# Sex: mujer"), PatientMetadata()),
    "no-numbers": (("# Age: NaN", "# Height: inf", "# Weight: 0x46", "# Pacemaker: perhaps"), PatientMetadata()),
    "signed": (("# Age: +61", "# Weight: -70", "# Height: .5"), PatientMetadata()),
    "long": (
        (f"# Age: 6{_BLANKS}1", f"# Sex: M{_BLANKS}# x", f"#{_BLANKS}Height:{_BLANKS}170", f"# Weight: 70{_BLANKS}#"),
        PatientMetadata(height_cm=170, weight_kg=70),
    ),
    "of-something-else": (("# Age of onset: 3", "# 61", "# Race: Female", "# Sex", "#"), PatientMetadata()),
}


def write_commented_records(folder: Path) -> None:
    """Write a record for each."""
    for index, (name, (comments, _)) in enumerate(COMMENTS.items()):
        write_record(folder / name, millivolts_of(index), comments=comments)
