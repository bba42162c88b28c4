"""Which piece of which lead goes where on the page."""

import dataclasses
import enum
import math

import numpy as np
import numpy.typing as npt

from ecg_client.plotting.paper import MM_PER_MILLIVOLT, MM_PER_SECOND, SIGNAL_LEFT_MM, Grid
from ecg_client.plotting.traces import Trace
from ecg_client.recording import STANDARD_LEADS, LeadName

SECONDS_ON_PAGE = 10.0
# A sample that lies on a strip's edge belongs to it, whatever the rounding of its time.
_EDGE_SAMPLES = 1e-6
# What is left free above the first baseline, so that its pulse is on the paper, and below the last.
_HEAD_MM = 14.0
_FOOT_MM = 8.0


class Arrangement(enum.StrEnum):
    """How the leads lie on the page, in rows by columns."""

    THREE_BY_FOUR = "3x4"
    """Four columns of 2.5 s, and below them lead II for 10 s."""
    SIX_BY_TWO = "6x2"
    """Two columns of 5 s, limb leads and chest leads, and below them lead II for 10 s."""
    TWELVE_BY_ONE = "12x1"
    """Each lead for 10 s."""

    @property
    def column_count(self) -> int:
        """How many leads are beside each other."""
        return int(self.value.partition("x")[2])

    @property
    def has_rhythm_strip(self) -> bool:
        """Whether lead II is repeated below, for as long as the page is wide."""
        return self.column_count > 1

    @property
    def row_count(self) -> int:
        """How many rows there are, with that of the rhythm strip."""
        return len(STANDARD_LEADS) // self.column_count + self.has_rhythm_strip


@dataclasses.dataclass(frozen=True, slots=True)
class Strip:
    """A piece of a lead, and its place.

    Attributes:
        lead: The lead.
        start_s: Where the piece begins, in seconds from the first sample of the recording.
        end_s: Where it ends.
        left_mm: Where on the page it begins.
        baseline_mm: Where on the page 0 mV is.
        height_mm: The height of its row; the trace may well leave it.
        is_rhythm: Whether it is the rhythm strip.
    """

    lead: LeadName
    start_s: float
    end_s: float
    left_mm: float
    baseline_mm: float
    height_mm: float
    is_rhythm: bool = False

    @property
    def width_mm(self) -> float:
        """How wide it is on the page."""
        return (self.end_s - self.start_s) * MM_PER_SECOND

    def points_mm(self, trace: Trace) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Returns where on the page the samples of its lead lie, as x and y in millimetres."""
        rate = trace.sample_rate_hz
        first = max(math.ceil((self.start_s - trace.first_s) * rate - _EDGE_SAMPLES), 0)
        last = math.floor((self.end_s - trace.first_s) * rate + _EDGE_SAMPLES)
        piece = trace.millivolts[first : last + 1]
        times = trace.first_s + (first + np.arange(piece.size)) / rate
        return self.left_mm + (times - self.start_s) * MM_PER_SECOND, self.baseline_mm - piece * MM_PER_MILLIVOLT


def arrange(arrangement: Arrangement, grid: Grid, *, duration_s: float, from_s: float = 0.0) -> tuple[Strip, ...]:
    """Returns the strips of a page, column by column, the rhythm strip last.

    Each lead is given its whole width. Where less than ten seconds are there, the columns begin sooner, so that they
    overlap in time rather than stay empty.

    Args:
        arrangement: How the leads lie.
        grid: Where they lie.
        duration_s: How long the recording is, in seconds.
        from_s: Where in it the page begins, in seconds; less than `duration_s`.
    """
    shown_s = min(SECONDS_ON_PAGE, duration_s - from_s)
    column_s = SECONDS_ON_PAGE / arrangement.column_count
    lead_rows = len(STANDARD_LEADS) // arrangement.column_count
    strips = []
    for index, lead in enumerate(STANDARD_LEADS):
        column, row = divmod(index, lead_rows)
        start_s = from_s + max(min(column * column_s, shown_s - column_s), 0.0)
        end_s = min(start_s + column_s, from_s + shown_s)
        left_mm = SIGNAL_LEFT_MM + column * column_s * MM_PER_SECOND
        strips.append(Strip(lead, start_s, end_s, left_mm, *_row(arrangement, grid, row)))
    if arrangement.has_rhythm_strip:
        place = _row(arrangement, grid, lead_rows)
        strips.append(Strip(LeadName.II, from_s, from_s + shown_s, SIGNAL_LEFT_MM, *place, is_rhythm=True))
    return tuple(strips)


def _row(arrangement: Arrangement, grid: Grid, row: int) -> tuple[float, float]:
    """A row's baseline, on a line of the grid, and its height."""
    gaps = arrangement.row_count - 1
    height = math.floor(min(grid.height_mm / arrangement.row_count, (grid.height_mm - _HEAD_MM - _FOOT_MM) / gaps))
    first = math.floor((grid.height_mm - gaps * height + _HEAD_MM - _FOOT_MM) / 2)
    return grid.top_mm + first + row * height, float(height)
