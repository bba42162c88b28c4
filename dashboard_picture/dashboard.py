"""A dashboard as its JSON has it, and what it asks once its variables have values. Pure, but for reading the file."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

COLUMNS = 24


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of Prometheus.

    Attributes:
        expression: PromQL, in which variables may stand.
        legend: what a series is called, with `{{label}}` for its labels' values.
    """

    expression: str
    legend: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangle of the dashboard.

    Attributes:
        kind: `row`, `stat`, `timeseries`, `heatmap` or `table`.
        title: what stands above it.
        left, top, width, height: where it is, in units of the grid, 24 of which are the width of all.
        queries: what it asks.
        unit: that of its values, as Grafana calls it.
        thresholds: from which values on a value has which colour; None: from the least.
        least, greatest: where the axis ends; None: where the values do.
        is_stacked: whether its series stand on one another.
        repeated_for: the variable for each of whose values it is there; empty: it is there once.
        per_line: how many of those lie beside one another.
    """

    kind: str
    title: str
    left: int
    top: int
    width: int
    height: int
    queries: tuple[Query, ...] = ()
    unit: str = "short"
    thresholds: tuple[tuple[float | None, str], ...] = ()
    least: float | None = None
    greatest: float | None = None
    is_stacked: bool = False
    repeated_for: str = ""
    per_line: int = 1


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard.

    Attributes:
        title: what it is called.
        panels: what is on it.
        variables: what finds out the values of a variable, by its name.
    """

    title: str
    panels: tuple[Panel, ...]
    variables: Mapping[str, str]


def read_dashboard(path: Path) -> Dashboard:
    """Read a dashboard's file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    variables = {one["name"]: one["definition"] for one in content["templating"]["list"] if one["type"] == "query"}
    return Dashboard(content["title"], tuple(map(_panel, content["panels"])), variables)


def filled_in(panels: Sequence[Panel], values: Mapping[str, str], repeated: Mapping[str, Sequence[str]]) -> list[Panel]:
    """Return the panels as they are once every variable has its value.

    Args:
        panels: those of a dashboard.
        values: what stands for which variable, Grafana's own (`__rate_interval`) among them.
        repeated: for which values of a variable there is a panel each, where there is one for each.
    """
    return [
        _with_values(one, {**values, **value})
        for panel in panels
        for one, value in _repeated(panel, repeated.get(panel.repeated_for, ()))
    ]


def _repeated(panel: Panel, values: Sequence[str]) -> Iterator[tuple[Panel, dict[str, str]]]:
    if not panel.repeated_for:
        yield panel, {}
    width = COLUMNS // panel.per_line
    for number, value in enumerate(values):
        line, place = divmod(number, panel.per_line)
        placed = replace(panel, left=place * width, top=panel.top + line * panel.height, width=width)
        yield placed, {panel.repeated_for: value}


def _with_values(panel: Panel, values: Mapping[str, str]) -> Panel:
    def fill(text: str) -> str:
        return re.sub(r"\$\{?(\w+)\}?", lambda found: values[found[1]], text)

    queries = tuple(replace(query, expression=fill(query.expression)) for query in panel.queries)
    return replace(panel, title=fill(panel.title), queries=queries)


def _panel(content: Mapping[str, Any]) -> Panel:
    place, defaults = content["gridPos"], content.get("fieldConfig", {}).get("defaults", {})
    stacking = defaults.get("custom", {}).get("stacking", {})
    return Panel(
        kind=content["type"],
        title=content["title"],
        left=place["x"],
        top=place["y"],
        width=place["w"],
        height=place["h"],
        queries=tuple(Query(one["expr"], one["legendFormat"]) for one in content.get("targets", ())),
        unit=defaults.get("unit", "short"),
        thresholds=tuple((one["value"], one["color"]) for one in defaults.get("thresholds", {}).get("steps", ())),
        least=defaults.get("min"),
        greatest=defaults.get("max"),
        is_stacked=stacking.get("mode") == "normal",
        repeated_for=content.get("repeat", ""),
        per_line=content.get("maxPerRow", 1),
    )
