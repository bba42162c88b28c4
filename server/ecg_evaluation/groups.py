"""Groups of recordings whose figures are told apart: by sex, age, device and signal quality."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ecg_client.formats.ptbxl import PtbxlRow
from ecg_evaluation.annotations import QUALITY_COLUMNS, Annotation
from ecg_evaluation.arrays import Flags, Texts
from ecg_evaluation.fold import Fold

UNKNOWN = "unknown"
SEXES = ("female", "male", UNKNOWN)
AGE_BANDS = ("<40", "40–59", "60–79", "≥80", UNKNOWN)
_UPPER_YEARS = (40, 60, 80)
NOTED, NOT_NOTED = "noted", "not noted"


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way to divide recordings.

    Attributes:
        column: what divides them, such as "sex".
        values: the values that occur, in the order in which they are reported.
        value_of: each recording's, shape [recording].
    """

    column: str
    values: tuple[str, ...]
    value_of: Texts

    def groups(self) -> Iterator[tuple[str, Flags]]:
        """Yield each value with the recordings that have it, shape [recording]."""
        for value in self.values:
            yield value, self.value_of == value


def groupings_of(fold: Fold) -> tuple[Grouping, ...]:
    """Return all divisions of a fold's recordings."""
    return (
        _grouping("sex", [_sex(row) for row in fold.rows], SEXES),
        _grouping("age", [age_band(row.metadata.age_years) for row in fold.rows], AGE_BANDS),
        _grouping("device", [one.device for one in fold.annotations], sorted({one.device for one in fold.annotations})),
        *(_by_fault(column, fold.annotations) for column in QUALITY_COLUMNS),
    )


def age_band(age_years: float | None) -> str:
    """Return the band of an age in years; None is unknown."""
    if age_years is None:
        return UNKNOWN
    return AGE_BANDS[int(np.searchsorted(_UPPER_YEARS, age_years, side="right"))]


def _sex(row: PtbxlRow) -> str:
    return UNKNOWN if row.metadata.sex is None else row.metadata.sex.name.lower()


def _by_fault(column: str, annotations: Sequence[Annotation]) -> Grouping:
    noted = [NOTED if column in one.faults else NOT_NOTED for one in annotations]
    return _grouping(column, noted, (NOTED, NOT_NOTED))


def _grouping(column: str, value_of: Sequence[str], order: Sequence[str]) -> Grouping:
    return Grouping(column, tuple(value for value in order if value in set(value_of)), np.array(value_of))
