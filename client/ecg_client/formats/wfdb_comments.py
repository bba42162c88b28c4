"""What the comments of a WFDB header say of the patient: `# Age: 61`, `# Sex: Female`.

So write the records of the PhysioNet challenges, and with small letters those of the PTB Diagnostic ECG Database.
Height in centimetres, weight in kilograms and a pacemaker are put the same way here.
"""

import re
from collections.abc import Iterable, Iterator

from ecg_client.formats.patients import patient_metadata
from ecg_client.formats.ptbxl_table import OVER_89_CODE, OVER_89_YEARS
from ecg_client.recording import PatientMetadata

_COMMENT = re.compile(r"#?\s*(?P<name>age|sex|height|weight|pacemaker)\s*:(?P<value>.*)", re.IGNORECASE)
_NUMBER = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)\s*(?P<unit>[a-z]*)", re.IGNORECASE)
# A number in another unit is left out: who writes pounds would be taken to be twice as heavy.
_UNITS = {"age": ("", "y", "years"), "height": ("", "cm"), "weight": ("", "kg")}
_ANSWERS = {"yes": True, "no": False}


def metadata_from_comments(comments: Iterable[str]) -> PatientMetadata:
    """Reads what comments say of the patient; of what is said twice the first counts, what cannot be is unknown.

    An age of 300, which stands for "over 89" in copies of PTB-XL, is read as 90.
    """
    matches = [match for match in map(_COMMENT.fullmatch, comments) if match]
    said = {match["name"].lower(): match["value"].strip() for match in reversed(matches)}
    age = _number(said, "age")
    return patient_metadata(
        age_years=OVER_89_YEARS if age == OVER_89_CODE else age,
        sex=said.get("sex"),
        height_cm=_number(said, "height"),
        weight_kg=_number(said, "weight"),
        has_pacemaker=_ANSWERS.get(said.get("pacemaker", "").lower()),
    )


def comments_of(metadata: PatientMetadata) -> Iterator[str]:
    """Writes what is known of the patient, but for infarction stages, as comments that are read again."""
    for name, value in (("Age", metadata.age_years), ("Height", metadata.height_cm), ("Weight", metadata.weight_kg)):
        if value is not None:
            yield f"{name}: {float(value)!r}".removesuffix(".0")
    if metadata.sex is not None:
        yield f"Sex: {metadata.sex.name.capitalize()}"
    if metadata.has_pacemaker is not None:
        yield f"Pacemaker: {'yes' if metadata.has_pacemaker else 'no'}"


def _number(said: dict[str, str], name: str) -> float | None:
    match = _NUMBER.fullmatch(said.get(name, ""))
    return float(match["number"]) if match and match["unit"].lower() in _UNITS[name] else None
