"""The shade beneath the traces: where they speak for a class, and where against it."""

import dataclasses
from collections.abc import Iterable, Iterator

from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from ecg_client.explanation import LEAST_TELLING_CHANGE, ClassExplanation
from ecg_client.plotting.paper import MM_PER_SECOND
from ecg_client.plotting.remarks import lead_label
from ecg_client.plotting.strips import Strip

FOR, AGAINST = "#e8731a", "#2f6fde"
_GREATEST_OPACITY = 0.6
# Of its row's height, so that rows can be told apart.
_HEIGHT = 0.84


@dataclasses.dataclass(frozen=True, slots=True)
class Shade:
    """A piece of a strip, and how it is shaded.

    Attributes:
        left_mm: Where on the page it begins.
        top_mm: Its upper edge.
        width_mm: How wide it is.
        height_mm: How high it is.
        strength: From -1, all against the class, to 1, all for it.
    """

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    strength: float


def shades_of(entry: ClassExplanation, strips: Iterable[Strip]) -> Iterator[Shade]:
    """Yields how strips are shaded, half second by half second; the darkest is the greatest change of all.

    Where that is less than 0.01, nothing is dark.
    """
    by_lead = {one.lead: one.time_probability_changes for one in entry.leads}
    changes = (abs(change) for each in by_lead.values() for change in each)
    scale = max([LEAST_TELLING_CHANGE, *changes])
    for strip in strips:
        # Leads that were not asked for half second by half second are not shaded.
        for time, change in zip(entry.times, by_lead.get(strip.lead, ()), strict=False):
            start = max(time.offset_seconds, strip.start_s)
            end = min(time.offset_seconds + time.duration_seconds, strip.end_s)
            if start < end:
                height = _HEIGHT * strip.height_mm
                left = strip.left_mm + (start - strip.start_s) * MM_PER_SECOND
                width = (end - start) * MM_PER_SECOND
                yield Shade(left, strip.baseline_mm - height / 2, width, height, change / scale)


def draw_shade(axes: Axes, shades: Iterable[Shade]) -> None:
    """Draws shades between the paper and the traces."""
    patches = [
        Rectangle(
            (shade.left_mm, shade.top_mm),
            shade.width_mm,
            shade.height_mm,
            color=FOR if shade.strength > 0 else AGAINST,
            alpha=_GREATEST_OPACITY * abs(shade.strength),
            linewidth=0,
        )
        for shade in shades
    ]
    axes.add_collection(PatchCollection(patches, match_original=True, gid="shade", zorder=1.5))


def shade_key(entry: ClassExplanation) -> str:
    """Returns what the shade means, with what the darkest piece is; or that no piece makes a difference."""
    pieces = [
        (change, f"{lead_label(lead.lead)}, {time.offset_seconds:.1f} s")
        for lead in entry.leads
        for time, change in zip(entry.times, lead.time_probability_changes, strict=False)
    ]
    if not pieces:
        return ""
    change, where = max(pieces, key=lambda piece: abs(piece[0]))
    darkest = f"darkest: {change:+.3f} ({where})"
    if abs(change) < LEAST_TELLING_CHANGE:
        darkest = f"no half second by itself makes a difference of {LEAST_TELLING_CHANGE}"
    return f"Shade: orange speaks for {entry.code}, blue against it; {darkest}"
