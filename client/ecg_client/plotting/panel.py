"""The findings above the traces: a bar for each probability, a mark at each threshold, and the notes beside them."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from ecg_client.plotting.lettering import FAINT_INK, INK, WARNING_INK, write
from ecg_client.plotting.paper import GRID_LEFT_MM, GRID_RIGHT_MM, POINTS_PER_MM
from ecg_client.plotting.remarks import most_telling, one_line, wrapped
from ecg_client.prediction import ClassPrediction, Prediction

_TOP_MM = 20.5
_ROW_MM = 4.6
_MOST_ROWS = 6
_NAME_LEFT_MM = GRID_LEFT_MM + 12.0
_BAR_LEFT_MM = GRID_LEFT_MM + 60.0
_BAR_WIDTH_MM = 50.0
_BAR_HEIGHT_MM = 2.4
_FIGURE_LEFT_MM = _BAR_LEFT_MM + _BAR_WIDTH_MM + 3.0
_NOTES_LEFT_MM = GRID_LEFT_MM + 142.0
_NOTE_MM = 3.3
_MOST_NOTES = 8
_NOTE_WIDTH = 98
_PROBLEM_LINE_MM = 4.0
_PROBLEM_WIDTH = 150
_MOST_PROBLEM_LINES = 5
_FINDING = "#1f4e79"
_NO_FINDING = "#b4bfcc"
_TRACK = "#edf0f4"
_MOST_CODE_LENGTH = 6
_MOST_NAME_LENGTH = 34


def draw_findings(axes: Axes, prediction: Prediction) -> None:
    """Draws a row for each class: code, name, bar, threshold and figure; findings stand out, unless abstained from."""
    rows = most_telling(prediction.classes, _MOST_ROWS)
    for index, entry in enumerate(rows):
        _draw_class(axes, entry, _TOP_MM + (index + 0.5) * _ROW_MM, is_abstained=prediction.is_abstained)
    cut = len(prediction.classes) - len(rows)
    more = f"   … and {cut} classes more" if cut else ""
    key = f"\N{BLACK DOWN-POINTING TRIANGLE} threshold{more}"
    write(axes, (_BAR_LEFT_MM, _TOP_MM + len(rows) * _ROW_MM + 1.8), key, size=5.5, color=FAINT_INK)


def draw_notes(axes: Axes, notes: Sequence[str], banner: str = "") -> None:
    """Writes what there is to say of the whole recording; above it, a banner where the findings do not stand."""
    y = _TOP_MM + 0.5 * _ROW_MM
    if banner:
        _draw_banner(axes, banner, y)
        y += 1.9 * _NOTE_MM
    for line in wrapped(notes, width=_NOTE_WIDTH, most=_MOST_NOTES - 2 * bool(banner)):
        write(axes, (_NOTES_LEFT_MM, y), line, size=6.5)
        y += _NOTE_MM


def draw_problem(axes: Axes, lines: Sequence[str]) -> None:
    """Writes why there are no findings, where they would be."""
    y = _TOP_MM + 0.5 * _ROW_MM
    write(axes, (GRID_LEFT_MM, y), "Not classified", size=9, weight="bold")
    for index, line in enumerate(wrapped(lines, width=_PROBLEM_WIDTH, most=_MOST_PROBLEM_LINES)):
        write(axes, (GRID_LEFT_MM, y + (index + 1.5) * _PROBLEM_LINE_MM), line, size=8)


def _draw_class(axes: Axes, entry: ClassPrediction, y: float, *, is_abstained: bool) -> None:
    stands = entry.is_positive and not is_abstained
    weight = "bold" if stands else "normal"
    write(axes, (GRID_LEFT_MM, y), one_line(entry.code, _MOST_CODE_LENGTH), size=8, weight="bold")
    write(axes, (_NAME_LEFT_MM, y), one_line(entry.display_name, _MOST_NAME_LENGTH), size=7, weight=weight)
    write(axes, (_FIGURE_LEFT_MM, y), f"{entry.probability:.3f}", size=8, weight=weight)
    if entry.is_positive:
        text, colour = ("(finding)", FAINT_INK) if is_abstained else ("finding", _FINDING)
        write(axes, (_FIGURE_LEFT_MM + 10.5, y), text, size=7, color=colour, weight=weight)
    _draw_bar(axes, entry, y, colour=_FINDING if stands else _NO_FINDING)


def _draw_bar(axes: Axes, entry: ClassPrediction, y: float, *, colour: str) -> None:
    top = y - _BAR_HEIGHT_MM / 2
    axes.add_patch(Rectangle((_BAR_LEFT_MM, top), _BAR_WIDTH_MM, _BAR_HEIGHT_MM, color=_TRACK, linewidth=0, zorder=2))
    width = entry.probability * _BAR_WIDTH_MM
    axes.add_patch(
        Rectangle(
            (_BAR_LEFT_MM, top),
            width,
            _BAR_HEIGHT_MM,
            color=colour,
            linewidth=0,
            zorder=3,
            gid=f"probability-{entry.code}",
        )
    )
    mark = _BAR_LEFT_MM + entry.threshold * _BAR_WIDTH_MM
    axes.plot([mark, mark], [top - 0.3, top + _BAR_HEIGHT_MM + 0.3], color=INK, linewidth=0.2 * POINTS_PER_MM, zorder=4)
    points = [(mark - 0.7, top - 1.1), (mark + 0.7, top - 1.1), (mark, top - 0.1)]
    axes.add_patch(Polygon(points, color=INK, linewidth=0, zorder=4, gid=f"threshold-{entry.code}"))


def _draw_banner(axes: Axes, banner: str, y: float) -> None:
    width = GRID_RIGHT_MM - _NOTES_LEFT_MM + 2.0
    box = Rectangle(
        (_NOTES_LEFT_MM - 2.0, y - 2.4), width, 4.8, facecolor="#fff2e2", edgecolor=WARNING_INK, linewidth=0.6, zorder=2
    )
    axes.add_patch(box)
    write(axes, (_NOTES_LEFT_MM, y), banner, size=7, color=WARNING_INK, weight="bold")
