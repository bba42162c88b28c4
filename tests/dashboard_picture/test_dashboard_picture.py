"""The dashboard is drawn with what a real Prometheus answers to each of its questions."""

from pathlib import Path

import numpy as np
import pytest
from dashboard_picture.__main__ import DASHBOARD, picture
from dashboard_picture.dashboard import COLUMNS, Panel, Query, filled_in, read_dashboard
from dashboard_picture.prometheus import Span
from dashboard_picture.stage import prometheus_of
from dashboard_picture.units import text_of
from PIL import Image

from ecg_testing.ports import free_port


def test_prometheus_understands_every_panel(tmp_path: Path) -> None:
    """And a picture is drawn even of a Prometheus that has nothing to tell."""
    nobody = [f"127.0.0.1:{free_port()}"]
    with prometheus_of({"ecg-server": nobody, "envoy": nobody}, tmp_path) as prometheus:
        picture(prometheus, Span(1_700_000_000, 1_700_000_300, 5), tmp_path / "dashboard.png")
    with Image.open(tmp_path / "dashboard.png") as drawn:
        width, height = drawn.size
        pixels = np.asarray(drawn.convert("L"))

    assert height > width > 1000
    assert len(np.unique(pixels)) > 10


def test_panels_lie_beside_one_another() -> None:
    """None on another, and none over the edge; also not those that are repeated."""
    dashboard = read_dashboard(DASHBOARD)
    values = dict.fromkeys((*dashboard.variables, "__rate_interval", "drift"), "1m")
    panels = filled_in(dashboard.panels, values, {"class": ("NORM", "MI", "STTC", "CD", "HYP")})
    taken = [
        (panel.left + x, panel.top + y) for panel in panels for x in range(panel.width) for y in range(panel.height)
    ]

    assert len(panels) > 30
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < COLUMNS


def test_variables_get_their_values() -> None:
    """In titles and in what is asked; there is a panel for each value of what it is repeated for."""
    query = Query('a{b=~"$b", c="$c"}[$__rate_interval]', "{{b}}")
    panel = Panel("heatmap", "Of ${c}", 0, 3, 8, 7, (query,), repeated_for="c", per_line=2)
    filled = filled_in([panel], {"b": ".*", "__rate_interval": "20s"}, {"c": ("x", "y", "z")})

    assert [one.title for one in filled] == ["Of x", "Of y", "Of z"]
    assert [(one.left, one.top, one.width) for one in filled] == [(0, 3, 12), (12, 3, 12), (0, 10, 12)]
    assert filled[1].queries[0].expression == 'a{b=~".*", c="y"}[20s]'


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0123, "percentunit", "1.23 %"),
        (0.0123, "s", "12.3 ms"),
        (90, "s", "1.5 min"),
        (250, "ms", "250 ms"),
        (3 * 2**20, "bytes", "3 MiB"),
        (12_300, "reqps", "12.3 K req/s"),
        (float("nan"), "s", "no data"),
    ],
)
def test_numbers_are_told_with_their_units(value: float, unit: str, text: str) -> None:
    """In three digits."""
    assert text_of(value, unit) == text
