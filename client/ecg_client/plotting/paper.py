"""The page: A4 across, measured in millimetres from its upper left corner."""

import dataclasses

MM_PER_INCH = 25.4
POINTS_PER_MM = 72.0 / MM_PER_INCH
PAGE_WIDTH_MM = 297.0
PAGE_HEIGHT_MM = 210.0
MM_PER_SECOND = 25.0
MM_PER_MILLIVOLT = 10.0

SMALL_SQUARE_MM = 1.0
LARGE_SQUARE_MM = 5.0

PULSE_MILLIVOLTS = 1.0
PULSE_SECONDS = 0.2
_PULSE_FOOT_MM = 2.0

GRID_LEFT_MM = 11.0
GRID_WIDTH_MM = 275.0
GRID_RIGHT_MM = GRID_LEFT_MM + GRID_WIDTH_MM
SIGNAL_LEFT_MM = GRID_LEFT_MM + 20.0
"""Where the traces begin; the calibration pulse is to the left of it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Grid:
    """The ruled part of the page, all in millimetres.

    Attributes:
        top_mm: Its upper edge, from the top of the page.
        height_mm: Its height, a multiple of a large square.
    """

    top_mm: float
    height_mm: float

    @property
    def bottom_mm(self) -> float:
        """Its lower edge, from the top of the page."""
        return self.top_mm + self.height_mm


GRID_BELOW_FINDINGS = Grid(top_mm=50.0, height_mm=150.0)
GRID_ALONE = Grid(top_mm=20.0, height_mm=180.0)


def pulse_points(baseline_mm: float) -> list[tuple[float, float]]:
    """Returns the calibration pulse of a row: 1 mV for 0.2 s, as points (x, y) on the page in millimetres."""
    width, height = PULSE_SECONDS * MM_PER_SECOND, PULSE_MILLIVOLTS * MM_PER_MILLIVOLT
    left = GRID_LEFT_MM + LARGE_SQUARE_MM
    right = left + width
    top = baseline_mm - height
    return [
        (left - _PULSE_FOOT_MM, baseline_mm),
        (left, baseline_mm),
        (left, top),
        (right, top),
        (right, baseline_mm),
        (right + _PULSE_FOOT_MM, baseline_mm),
    ]
