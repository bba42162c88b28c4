"""Ink and paper: the grid, the pulses and the traces, drawn where `paper` and `strips` say."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from ecg_client.plotting.lettering import FAINT_INK, INK, INK_AND_HALO, WARNING_INK, write
from ecg_client.plotting.paper import (
    GRID_LEFT_MM,
    GRID_WIDTH_MM,
    LARGE_SQUARE_MM,
    POINTS_PER_MM,
    SIGNAL_LEFT_MM,
    SMALL_SQUARE_MM,
    Grid,
    pulse_points,
)
from ecg_client.plotting.remarks import DERIVED, lead_label
from ecg_client.plotting.strips import Strip
from ecg_client.plotting.traces import Trace
from ecg_client.recording import LeadName

_SMALL_LINE = "#f9dcd9"
_LARGE_LINE = "#efb1ab"
_MASKED_INK = "#9aa0ac"
_SEPARATOR_MM = 1.5
_TRACE_MM = 0.28


def draw_grid(axes: Axes, grid: Grid) -> None:
    """Rules the paper: lines every millimetre, stronger ones every five."""
    for spacing, colour, width_mm in ((SMALL_SQUARE_MM, _SMALL_LINE, 0.1), (LARGE_SQUARE_MM, _LARGE_LINE, 0.2)):
        columns = GRID_LEFT_MM + np.arange(0.0, GRID_WIDTH_MM + spacing / 2, spacing)
        rows = grid.top_mm + np.arange(0.0, grid.height_mm + spacing / 2, spacing)
        lines = [[(x, grid.top_mm), (x, grid.bottom_mm)] for x in columns]
        lines += [[(GRID_LEFT_MM, y), (GRID_LEFT_MM + GRID_WIDTH_MM, y)] for y in rows]
        axes.add_collection(
            LineCollection(
                lines, colors=colour, linewidths=width_mm * POINTS_PER_MM, gid=f"grid-{spacing:g}mm", zorder=1
            )
        )


def draw_strips(
    axes: Axes,
    grid: Grid,
    strips: tuple[Strip, ...],
    traces: Mapping[LeadName, Trace],
    masked: frozenset[LeadName],
) -> None:
    """Draws the calibration pulse of every row, and what there is of every strip; clipped to the ruled paper."""
    paper = Rectangle((GRID_LEFT_MM, grid.top_mm), GRID_WIDTH_MM, grid.height_mm, transform=axes.transData)
    lines = []
    for row, baseline_mm in enumerate(sorted({strip.baseline_mm for strip in strips})):
        x, y = zip(*pulse_points(baseline_mm), strict=True)
        lines += axes.plot(x, y, color=INK, gid=f"pulse-{row}", zorder=3)
    for strip in strips:
        if strip.lead in traces:
            style: Any = {"color": _MASKED_INK, "zorder": 2} if strip.lead in masked else {"color": INK, "zorder": 3}
            lines += axes.plot(*strip.points_mm(traces[strip.lead]), gid=_gid(strip), **style)
    for line in lines:
        line.set(linewidth=_TRACE_MM * POINTS_PER_MM, solid_joinstyle="round", solid_capstyle="round")
        line.set_clip_path(paper)


def draw_names(
    axes: Axes, strips: tuple[Strip, ...], traces: Mapping[LeadName, Trace], remarks: Mapping[LeadName, tuple[str, ...]]
) -> None:
    """Writes the name of each strip's lead where it begins, what is to be known of it, and when its column begins."""
    top_mm = min(strip.baseline_mm for strip in strips)
    for strip in strips:
        y = strip.baseline_mm - min(0.36 * strip.height_mm, 12.0) - 1.2
        for style in INK_AND_HALO:
            name = write(axes, (strip.left_mm + 1.0, y), lead_label(strip.lead), size=9, weight="bold", **style)
        words = ("not recorded",) if strip.lead not in traces else remarks.get(strip.lead, ())
        if words and not strip.is_rhythm:
            _write_beside(axes, name, words)
        if strip.left_mm > SIGNAL_LEFT_MM:
            _draw_separator(axes, strip)
        if strip.baseline_mm == top_mm:
            write(axes, (strip.left_mm + 1.0, y - 4.0), f"{strip.start_s:.3g} s", size=5.5, color=FAINT_INK)


def _gid(strip: Strip) -> str:
    """What the trace is called in an SVG."""
    return f"{'rhythm' if strip.is_rhythm else 'lead'}-{lead_label(strip.lead)}"


def _write_beside(axes: Axes, name: Text, words: tuple[str, ...]) -> None:
    """Writes remarks behind a name, however wide that turns out."""
    sign = "" if words == (DERIVED,) else "\N{WARNING SIGN} "
    for style in INK_AND_HALO:
        axes.annotate(
            f"{sign}{' · '.join(words)}",
            xy=(1.0, 0.5),
            xycoords=name,
            xytext=(1.2 * POINTS_PER_MM, 0.0),
            textcoords="offset points",
            verticalalignment="center",
            fontsize=6.5,
            color=WARNING_INK,
            parse_math=False,
            **style,
        )


def _draw_separator(axes: Axes, strip: Strip) -> None:
    for sign in (-1, 1):
        y = strip.baseline_mm + sign * strip.height_mm * 0.2
        axes.plot([strip.left_mm] * 2, [y - _SEPARATOR_MM, y + _SEPARATOR_MM], color=FAINT_INK, linewidth=0.8, zorder=2)
