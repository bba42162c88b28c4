"""Draws a dashboard's panels where they lie, with the figures that were found."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator
from PIL import Image, ImageColor

from dashboard_picture.dashboard import COLUMNS, Panel
from dashboard_picture.prometheus import Numbers, Series, Span
from dashboard_picture.units import text_of

# In pixels.
_COLUMN = 64
_LINE = 34
_HEAD = 60
_GAP = 6
_DOTS_PER_INCH = 100

_INK = "#24292f"
_FAINT_INK = "#6e7781"
_FRAME = "#d8dee4"
_BACKGROUND = "#f4f5f5"
_COLOURS = (
    "#56a64b",
    "#f2cc0c",
    "#3274d9",
    "#ff780a",
    "#e02f44",
    "#8f3bb8",
    "#37872d",
    "#1f60c4",
    "#fa6400",
    "#c4162a",
)
_NAMED = {"green": "#37872d", "orange": "#fa6400", "red": "#c4162a", "text": _INK}
_NAMES_IN_LEGEND = 8
_TICK_SECONDS = (60, 120, 300, 600, 1800, 3600, 14400, 86400)
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the page, in pixels from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def within(self, *, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> "Box":
        """Return what is left of it within these margins."""
        return Box(self.left + left, self.top + top, self.width - left - right, self.height - top - bottom)


@dataclass(frozen=True, slots=True)
class Found:
    """A panel and what was found for it.

    Attributes:
        panel: the panel.
        series: over time.
        rows: of a table.
    """

    panel: Panel
    series: Sequence[Series] = ()
    rows: Sequence[dict[str, str]] = ()


def draw(title: str, found: Sequence[Found], span: Span, path: Path) -> None:
    """Draw all panels to a PNG, in few colours, so that it is small."""
    height = max(one.panel.top + one.panel.height for one in found)
    size = COLUMNS * _COLUMN + 2 * _GAP, height * _LINE + _HEAD
    figure = Figure(figsize=(size[0] / _DOTS_PER_INCH, size[1] / _DOTS_PER_INCH), facecolor=_BACKGROUND)
    FigureCanvasAgg(figure)
    page = Page(figure, *size)
    page.write(2 * _GAP, 24, title, size=15, weight="bold")
    page.write(2 * _GAP, 46, _when(span), size=9, color=_FAINT_INK)
    for one in found:
        _draw_panel(page, one, span)
    content = BytesIO()
    figure.savefig(content, dpi=_DOTS_PER_INCH)
    _in_few_colours(Image.open(content).convert("RGB")).save(path, optimize=True)


def _in_few_colours(picture: Image.Image) -> Image.Image:
    """Return a picture in its most frequent colours, and in those of its lines, rare as they are."""
    palette = picture.quantize(256 - len(_COLOURS)).getpalette() or []
    own = [channel for colour in _COLOURS for channel in ImageColor.getrgb(colour)]
    chosen = Image.new("P", (1, 1))
    chosen.putpalette([*palette[: 3 * (256 - len(_COLOURS))], *own])
    return picture.quantize(palette=chosen, dither=Image.Dither.NONE)


class Page:
    """A figure that is measured in pixels from its upper left corner.

    Args:
        figure: the figure.
        width, height: its size.
    """

    def __init__(self, figure: Figure, width: int, height: int) -> None:
        self._figure = figure
        self._width, self._height = width, height

    def write(self, x: float, y: float, text: str, size: float = 9, color: str = _INK, **how: Any) -> None:
        """Write text whose line has this middle."""
        how.setdefault("va", "center")
        self._figure.text(x / self._width, 1 - y / self._height, text, fontsize=size, color=color, **how)

    def frame(self, box: Box) -> None:
        """Draw the frame of a panel."""
        left, bottom, width, height = self._place(box)
        self._figure.add_artist(
            Rectangle((left, bottom), width, height, facecolor="white", edgecolor=_FRAME, zorder=-1)
        )

    def axes(self, box: Box) -> Axes:
        """Return what can be drawn on."""
        return self._figure.add_axes(self._place(box))

    def _place(self, box: Box) -> tuple[float, float, float, float]:
        bottom = 1 - (box.top + box.height) / self._height
        return box.left / self._width, bottom, box.width / self._width, box.height / self._height


def _draw_panel(page: Page, found: Found, span: Span) -> None:
    panel = found.panel
    place = Box(
        panel.left * _COLUMN + _GAP, panel.top * _LINE + _HEAD, panel.width * _COLUMN, panel.height * _LINE
    ).within(left=3, top=3, right=3, bottom=3)
    if panel.kind == "row":
        page.write(place.left + 3, place.top + place.height / 2 + 2, f"⌄  {panel.title}", size=11, weight="bold")
        return
    page.frame(place)
    page.write(place.left + 9, place.top + 15, panel.title, size=9, weight="bold")
    _DRAW[panel.kind](page, found, span, place.within(left=9, top=29, right=9, bottom=9))


def _stat(page: Page, found: Found, span: Span, box: Box) -> None:
    values = found.series[0].values if found.series else np.array([np.nan])
    known = values[~np.isnan(values)]
    last = float(known[-1]) if len(known) else np.nan
    colour = _colour_of(last, found.panel)
    middle = box.left + box.width / 2, box.top + box.height * 0.3
    page.write(*middle, text_of(last, found.panel.unit), size=19, color=colour, ha="center")
    if len(known) > 1:
        axes = page.axes(box.within(top=box.height * 0.6))
        axes.set_axis_off()
        axes.fill_between(span.moments, np.nan_to_num(values), color=colour, alpha=0.25, linewidth=0)


def _lines(page: Page, found: Found, span: Span, box: Box) -> None:
    named = sorted(found.series, key=lambda one: one.name)[:_NAMES_IN_LEGEND]
    legend_height = 14 * -(-len(named) // _per_line(box.width, named))
    axes = page.axes(box.within(left=48, right=8, bottom=20 + legend_height))
    times, base = span.moments, np.zeros(len(span.moments))
    for series, colour in zip(named, _COLOURS, strict=False):
        is_stacked = found.panel.is_stacked
        values = base + np.nan_to_num(series.values) if is_stacked else series.values
        axes.plot(times, values, color=colour, linewidth=1.1)
        axes.fill_between(times, base, values, color=colour, alpha=0.35 if is_stacked else 0.06, linewidth=0)
        base = values if is_stacked else base
    _dress(axes, found.panel, times)
    _legend(page, named, box.within(left=6, top=box.height - legend_height + 6))


def _per_line(width: float, named: Sequence[Series]) -> int:
    longest = max((len(one.name) for one in named), default=1)
    return max(1, int(width // (24 + 6.2 * longest)))


def _legend(page: Page, named: Sequence[Series], box: Box) -> None:
    per_line = _per_line(box.width, named)
    for number, (series, colour) in enumerate(zip(named, _COLOURS, strict=False)):
        line, place = divmod(number, per_line)
        left, top = box.left + place * (box.width / per_line), box.top + 14 * line
        page.write(left, top, "━", size=8, color=colour)
        page.write(left + 14, top, series.name, size=7.5, color=_FAINT_INK)


def _heatmap(page: Page, found: Found, span: Span, box: Box) -> None:
    axes = page.axes(box.within(left=48, right=8, bottom=16))
    bounds, counts = _buckets(found.series)
    times = span.moments
    if bounds:
        axes.pcolormesh(times, [0.0, *bounds], counts[:, 1:], cmap="Blues", vmin=0)
    _dress(axes, found.panel, times)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(visible=False)


def _buckets(series: Sequence[Series]) -> tuple[list[float], Numbers]:
    """Return the upper bounds of the finite buckets, and how many are in each of them, [bucket, moment]."""
    found = sorted((float(one.labels["le"]), np.nan_to_num(one.values)) for one in series if one.labels["le"] != "+Inf")
    if not found:
        return [], np.zeros((0, 0))
    cumulative = np.stack([values for _, values in found])
    return [bound for bound, _ in found], np.diff(cumulative, axis=0, prepend=np.zeros((1, cumulative.shape[1])))


def _table(page: Page, found: Found, span: Span, box: Box) -> None:  # noqa: ARG001 - as the others
    names = ("label", "name", "version", "sha256", "Value")
    shares = (0.0, 0.13, 0.28, 0.4, 0.93)
    heads = ("label", "name", "version", "sha256", "servers")
    for line, row in enumerate([dict(zip(names, heads, strict=True)), *found.rows]):
        for name, share in zip(names, shares, strict=True):
            colour = _FAINT_INK if line == 0 else _INK
            page.write(box.left + share * box.width, box.top + 8 + 20 * line, row.get(name, ""), size=8, color=colour)


_DRAW = {"stat": _stat, "timeseries": _lines, "heatmap": _heatmap, "table": _table}


def _dress(axes: Axes, panel: Panel, times: Numbers) -> None:
    axes.set_xlim(times[0], times[-1])
    low, high = axes.get_ylim()
    top = panel.greatest if panel.greatest is not None else high
    axes.set_ylim(panel.least if panel.least is not None else low, top if top > 0 else 1)
    axes.set_xticks(_ticks(times))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda moment, _: f"{_clock(moment):%H:%M}"))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: text_of(value, panel.unit)))
    axes.grid(color=_FRAME, linewidth=0.5)
    axes.tick_params(labelsize=7, colors=_FAINT_INK, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _colour_of(value: float, panel: Panel) -> str:
    colour = "text"
    for from_value, name in panel.thresholds:
        if from_value is None or value >= from_value:
            colour = name
    return _NAMED[colour]


def _ticks(times: Numbers) -> Numbers:
    """Return round moments, a few of them."""
    begins, ends = float(times[0]), float(times[-1])
    step = next((one for one in _TICK_SECONDS if (ends - begins) / one <= _MOST_TICKS), _TICK_SECONDS[-1])
    return np.arange(ceil(begins / step) * step, ends, step)


def _clock(moment: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, dt.UTC)


def _when(span: Span) -> str:
    begins, ends = _clock(span.begins), _clock(span.ends)
    return f"{begins:%Y-%m-%d %H:%M} to {ends:%H:%M} UTC. Drawn by `make dashboard-picture`, not by Grafana."
