"""Text on the page, as it is: an id may hold what matplotlib would take for a formula."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patheffects import Stroke
from matplotlib.text import Text

INK = "#16181d"
FAINT_INK = "#7b8190"
WARNING_INK = "#a14a00"

# Drawn beneath letters as a text of its own: letters with an effect are no text in a PDF, and cannot be searched for.
_HALO: Any = {"path_effects": (Stroke(linewidth=2.2, foreground="white"),), "zorder": 3.9}
INK_AND_HALO: tuple[dict[str, Any], ...] = (_HALO, {"zorder": 4})
"""How text is written over traces: once for its halo, once for itself."""


def write(axes: Axes, at: tuple[float, float], text: str, *, size: float, **style: Any) -> Text:
    """Writes text from a point on the page in millimetres, its middle on the point's height.

    Args:
        axes: The page.
        at: The point, x and y.
        text: The text.
        size: Height of the letters in points.
        style: What else matplotlib is to know of it.
    """
    style = {"color": INK, "verticalalignment": "center_baseline", "zorder": 4, **style}
    return axes.text(*at, text, fontsize=size, parse_math=False, **style)
