"""A whole page, put together."""

from contextlib import AbstractContextManager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecg_client.plotting.ink import draw_grid, draw_names, draw_strips
from ecg_client.plotting.lettering import FAINT_INK, write
from ecg_client.plotting.panel import draw_findings, draw_notes, draw_problem
from ecg_client.plotting.paper import (
    GRID_ALONE,
    GRID_BELOW_FINDINGS,
    GRID_LEFT_MM,
    GRID_RIGHT_MM,
    MM_PER_INCH,
    MM_PER_MILLIVOLT,
    MM_PER_SECOND,
    PAGE_HEIGHT_MM,
    PAGE_WIDTH_MM,
    Grid,
)
from ecg_client.plotting.picture import Picture
from ecg_client.plotting.remarks import lead_remarks, masked_leads, note_lines, one_line, origin_line
from ecg_client.plotting.shade import draw_shade, shade_key, shades_of
from ecg_client.plotting.strips import SECONDS_ON_PAGE, arrange
from ecg_client.plotting.traces import duration_s, traces_of

_ABSTAINED = "ABSTAINED: the service does not stand by these findings"
_DISCLAIMER = "Not a medical device. No diagnosis, no treatment and no triage may rest on it."
_SQUARES = "large square: 0.2 s, 0.5 mV · small square: 0.04 s, 0.1 mV · pulse: 0.2 s, 1 mV"
# Whatever a user's matplotlibrc says, the page looks alike; and equal recordings give equal files.
_STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "text.usetex": False,
    "text.antialiased": True,
    "lines.antialiased": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "ecg",
    "pdf.fonttype": 42,
    "path.simplify": True,
    "path.simplify_threshold": 1 / 9,
    "path.sketch": None,
    "agg.path.chunksize": 0,
    "savefig.bbox": None,
    "savefig.transparent": False,
}
_TITLE_MM = 9.0
_MOST_TITLE_LENGTH = 75
_MOST_SUBTITLE_LENGTH = 140
_UNNAMED = "unnamed recording"
_SUBTITLE_MM = 14.5
_KEY_MM = GRID_BELOW_FINDINGS.top_mm - 1.8
_FOOT_MM = PAGE_HEIGHT_MM - 5.0


def in_style() -> AbstractContextManager[None]:
    """Returns the context in which a page is drawn and written."""
    return mpl.rc_context(_STYLE)


def draw(picture: Picture) -> Figure:
    """Returns the page, with every length on it in millimetres from its upper left corner."""
    figure = Figure(figsize=(PAGE_WIDTH_MM / MM_PER_INCH, PAGE_HEIGHT_MM / MM_PER_INCH), facecolor="white")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0.0, PAGE_WIDTH_MM), ylim=(PAGE_HEIGHT_MM, 0.0))
    axes.set_axis_off()
    is_alone = picture.prediction is None and not picture.not_classified
    _draw_leads(axes, picture, GRID_ALONE if is_alone else GRID_BELOW_FINDINGS)
    _draw_head(axes, picture)
    _draw_panel(axes, picture)
    write(axes, (GRID_LEFT_MM, _FOOT_MM), _DISCLAIMER, size=7, weight="bold")
    write(axes, (GRID_RIGHT_MM, _FOOT_MM), _SQUARES, size=6, color=FAINT_INK, horizontalalignment="right")
    return figure


def _draw_leads(axes: Axes, picture: Picture, grid: Grid) -> None:
    recording = picture.recording
    strips = arrange(picture.arrangement, grid, duration_s=duration_s(recording), from_s=picture.from_s)
    traces = traces_of(recording, from_s=picture.from_s, seconds=SECONDS_ON_PAGE)
    warnings = picture.prediction.warnings if picture.prediction is not None else ()
    draw_grid(axes, grid)
    if picture.shade is not None:
        draw_shade(axes, shades_of(picture.shade, strips))
    draw_strips(axes, grid, strips, traces, masked_leads(warnings))
    draw_names(axes, strips, traces, lead_remarks(warnings, traces))


def _draw_head(axes: Axes, picture: Picture) -> None:
    recording, prediction = picture.recording, picture.prediction
    duration = duration_s(recording)
    end = min(picture.from_s + SECONDS_ON_PAGE, duration)
    shown = f"{picture.from_s:g} to {end:g} s of {duration:g} s, recorded at {recording.sample_rate_hz:g} Hz"
    scale = f"{MM_PER_SECOND:g} mm/s · {MM_PER_MILLIVOLT:g} mm/mV"
    below = origin_line(prediction) if prediction is not None else "; ".join(recording.remarks)
    write(
        axes,
        (GRID_LEFT_MM, _TITLE_MM),
        one_line(recording.recording_id or _UNNAMED, _MOST_TITLE_LENGTH),
        size=12,
        weight="bold",
    )
    write(axes, (GRID_LEFT_MM, _SUBTITLE_MM), one_line(below, _MOST_SUBTITLE_LENGTH), size=7)
    write(axes, (GRID_RIGHT_MM, _TITLE_MM), scale, size=9, weight="bold", horizontalalignment="right")
    write(axes, (GRID_RIGHT_MM, _SUBTITLE_MM), shown, size=7, horizontalalignment="right")


def _draw_panel(axes: Axes, picture: Picture) -> None:
    prediction = picture.prediction
    if prediction is not None:
        draw_findings(axes, prediction)
        if picture.shade is not None:
            write(axes, (GRID_LEFT_MM, _KEY_MM), shade_key(picture.shade), size=6.5)
        notes = note_lines(prediction, picture.recording.remarks)
        draw_notes(axes, notes, _ABSTAINED if prediction.is_abstained else "")
    elif picture.not_classified:
        draw_problem(axes, picture.not_classified)
