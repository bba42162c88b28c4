"""What a Prometheus answers."""

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard_picture.dashboard import Query

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers over time.

    Attributes:
        labels: its labels.
        name: what the legend calls it.
        values: a value for each of the moments asked for; NaN where there was none.
    """

    labels: Mapping[str, str]
    name: str
    values: Numbers


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time, and how finely it is looked at.

    Attributes:
        begins, ends: in seconds since 1970.
        step: in seconds.
    """

    begins: float
    ends: float
    step: float

    @property
    def moments(self) -> Numbers:
        """The moments looked at, in seconds since 1970."""
        return np.arange(self.begins, self.ends + self.step / 2, self.step)


class Prometheus:
    """A Prometheus server.

    Args:
        url: where it is, such as http://127.0.0.1:9090.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def is_ready(self) -> bool:
        """Return whether it answers."""
        try:
            with urllib.request.urlopen(f"{self._url}/-/ready", timeout=5):  # noqa: S310 - as we were told
                return True
        except OSError:
            return False

    def series(self, query: Query, span: Span) -> list[Series]:
        """Return what a query gives over a span of time."""
        asked = {"query": query.expression, "start": span.begins, "end": span.ends, "step": span.step}
        found = self._get("query_range", asked)["result"]
        return [_series(one["metric"], query.legend, one["values"], span) for one in found]

    def rows(self, query: Query, moment: float) -> list[dict[str, str]]:
        """Return what a query gives at a moment: the labels of each series, and its `Value`."""
        found = self._get("query", {"query": query.expression, "time": moment})["result"]
        return [{**one["metric"], "Value": one["value"][1]} for one in found]

    def values_of(self, definition: str) -> list[str]:
        """Return the values of a variable that is defined as `label_values(METRIC, LABEL)`."""
        found = re.fullmatch(r"label_values\((\w+), (\w+)\)", definition)
        if found is None:
            raise ValueError(f"{definition!r} is no label_values(METRIC, LABEL)")
        values: list[str] = self._get(f"label/{found[2]}/values", {"match[]": found[1]})
        return values

    def _get(self, path: str, asked: Mapping[str, object]) -> Any:
        url = f"{self._url}/api/v1/{path}?{urllib.parse.urlencode(asked)}"
        with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310 - as we were told
            return json.load(response)["data"]


def _series(labels: Mapping[str, str], legend: str, found: list[tuple[float, str]], span: Span) -> Series:
    values = np.full(len(span.moments), np.nan)
    for moment, value in found:
        values[round((moment - span.begins) / span.step)] = float(value)
    return Series(labels, re.sub(r"{{(\w+)}}", lambda label: labels.get(label[1], ""), legend), values)
