"""What a file says of the patient, as far as the contract wants it: nothing that names anyone."""

import datetime as dt
import math

from ecg_client.recording import PatientMetadata, Sex

# The first letter would not do: mujer is female.
_SEXES = {"m": Sex.MALE, "male": Sex.MALE, "f": Sex.FEMALE, "female": Sex.FEMALE}
_GREATEST_AGE_YEARS = 130


def patient_metadata(
    *,
    age_years: float | None = None,
    sex: str | None = None,
    height_cm: float | None = None,
    weight_kg: float | None = None,
    has_pacemaker: bool | None = None,
) -> PatientMetadata:
    """Returns the metadata that a file has; what cannot be, such as a weight of 0, is unknown.

    Args:
        age_years: Age in years.
        sex: M, male, F or female, in any case; any other text is unknown.
        height_cm: Height in centimetres.
        weight_kg: Weight in kilograms.
        has_pacemaker: Whether there is a pacemaker.
    """
    age_is_known = age_years is not None and 0 <= age_years <= _GREATEST_AGE_YEARS
    return PatientMetadata(
        age_years=age_years if age_is_known else None,
        sex=_SEXES.get((sex or "").strip().lower()),
        height_cm=_positive(height_cm),
        weight_kg=_positive(weight_kg),
        has_pacemaker=has_pacemaker,
    )


def years_between(birth: dt.date, day: dt.date) -> float | None:
    """Returns the whole years from a birth to a day; None where the birth is later."""
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return float(years) if years >= 0 else None


def _positive(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and value > 0 else None
