"""Tables with a lead in each column: what their columns are, and the recording that these make.

A table says the unit behind the names of its columns, `I (mV)`, or once for all; and its sample rate once for all, or
by a column of times. What it does not say the caller must state: neither is guessed.
"""

import dataclasses
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.channels import Channel, recording_of
from ecg_client.formats.file_format import Stated
from ecg_client.formats.leads import lead_of
from ecg_client.recording import INDEPENDENT_LEADS, STANDARD_LEADS, Recording

ReadColumns = Callable[[Sequence[int]], Sequence[npt.NDArray[Any]]]

_UNIT_BEHIND = re.compile(
    r"(?P<name>.+?)\s*(?:\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\]|[_/](?P<bare>[nu\u00b5\u03bcm]?V|m?s|us))",
    re.IGNORECASE,
)
_TIME_NAMES = ("time", "t", "elapsed")
_SECONDS_OF_UNIT = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6}
# Times are rounded when they are written: to so small a part of it a rate is taken for the whole number it is near.
_ROUNDING = 1e-5
_NAMES_OF_COUNT = {len(leads): tuple(lead.name for lead in leads) for leads in (STANDARD_LEADS, INDEPENDENT_LEADS)}


@dataclasses.dataclass(frozen=True, slots=True)
class _Column:
    """The heading of a column, taken apart."""

    name: str
    unit: str | None

    @property
    def seconds_per_unit(self) -> float | None:
        """What a unit of a column of times is; None: it is no such column, or does not say."""
        if self.name.lower() not in _TIME_NAMES or self.unit is None:
            return None
        return _SECONDS_OF_UNIT.get(self.unit.lower())


def recording_of_columns(
    headings: Sequence[str], read: ReadColumns, declared: Stated, stated: Stated, path: Path
) -> Recording:
    """Makes a recording of a table.

    Args:
        headings: What its columns are called, such as "aVR [uV]" and "time (s)".
        read: Reads columns, given their positions.
        declared: What the table says of all of it.
        stated: What the caller states; what the table says goes first.
        path: The file.

    Raises:
        UnreadableFileError: Nobody says the unit or the sample rate, or times are not evenly apart; see also
            `recording_of`.
    """
    columns = [_column(heading) for heading in headings]
    unit = declared.unit or stated.unit
    wanted = [index for index, column in enumerate(columns) if lead_of(column.name) is not None]
    if any(columns[index].unit is None for index in wanted) and unit is None:
        raise UnreadableFileError(
            path,
            'it does not say the unit of its leads; give --unit (in Python unit="uV"), or call the columns of a table '
            "`I (mV)` and so on",
        )
    times = [index for index, column in enumerate(columns) if column.seconds_per_unit is not None][:1]
    values = dict(zip([*wanted, *times], read([*wanted, *times]), strict=True))
    rate = declared.sample_rate_hz or (_rate_of(values[times[0]], columns[times[0]], path) if times else None)
    if rate is None and stated.sample_rate_hz is None:
        raise UnreadableFileError(
            path,
            "it does not say its sample rate; add a column `time (s)` or a first line `# sample_rate_hz: 500`, or give "
            "--sample-rate (sample_rate_hz=)",
        )
    channels = [
        Channel(column.name, values.get(index, np.empty(0)), column.unit or unit or "")
        for index, column in enumerate(columns)
        if index not in times
    ]
    return recording_of(channels, rate or stated.sample_rate_hz or 0.0, path)


def names_of_count(count: int, path: Path) -> tuple[str, ...]:
    """Returns what the columns of a table without headings are: twelve leads in the usual order, or eight.

    Raises:
        UnreadableFileError: It has another number of columns.
    """
    if count not in _NAMES_OF_COUNT:
        raise UnreadableFileError(
            path,
            f"{count} columns without names; it must have twelve (I, II, III, aVR, aVL, aVF, V1 to V6) or eight (I, "
            "II, V1 to V6), or a first line with the names of the leads",
        )
    return _NAMES_OF_COUNT[count]


def are_of_leads(headings: Sequence[str]) -> bool:
    """Says whether the headings of a table look like those of an ECG: two leads, or one with its unit."""
    columns = [column for column in map(_column, headings) if lead_of(column.name) is not None]
    return len(columns) > 1 or any(column.unit for column in columns)


def _column(heading: str) -> _Column:
    match = _UNIT_BEHIND.fullmatch(heading.strip())
    if match is None:
        return _Column(heading.strip(), None)
    return _Column(match["name"], match["round"] or match["square"] or match["bare"] or None)


def _rate_of(times: npt.NDArray[Any], column: _Column, path: Path) -> float:
    """The sample rate that times are written at; they must be evenly apart to within half a step."""
    seconds = times.astype(np.float64) * (column.seconds_per_unit or 0.0)
    span = seconds[-1] - seconds[0] if seconds.size > 1 else 0.0
    if not (np.isfinite(seconds).all() and span > 0):
        raise UnreadableFileError(path, "its times do not rise; give the seconds at which each sample was taken")
    step = span / (seconds.size - 1)
    if np.abs(seconds - seconds[0] - step * np.arange(seconds.size)).max() > step / 2:
        raise UnreadableFileError(path, "its times are not evenly apart: a sample is missing, or it was resampled")
    rate = float(1 / step)
    return float(round(rate)) if abs(rate - round(rate)) < _ROUNDING * rate else rate
