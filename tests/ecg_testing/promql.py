"""The names in PromQL, and those that a scrape has: enough of both languages to compare them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

# Prometheus puts these to whatever it finds.
TARGET_LABELS = frozenset({"instance", "job"})

# A line of a scrape. (prometheus_client would give the counters of others another name.)
_SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})? ")
_LABEL = re.compile(r'(\w+)="(?:\\.|[^"\\])*"')
_TOKEN = re.compile(
    r"""(?P<skipped>\s+|\#[^\n]*|\[[^\]]*\]|[0-9][0-9.a-z]*(?:e[+-]?[0-9]+)?)|(?P<text>"(?:\\.|[^"\\])*"|'[^']*')"""
    r"""|(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?P<sign>.)"""
)
_GROUPING = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_AGGREGATIONS = frozenset({"sum", "min", "max", "avg", "count", "topk", "bottomk", "quantile", "stddev", "group"})
_WORDS = frozenset({"and", "or", "unless", "bool", "offset", "inf", "nan"}) | _AGGREGATIONS


@dataclass(frozen=True, slots=True)
class Names:
    """What an expression names.

    Attributes:
        metrics: each metric, and the labels that it is asked to have.
        groupings: labels that series are grouped or matched by.
    """

    metrics: tuple[tuple[str, frozenset[str]], ...]
    groupings: frozenset[str]


def names_in(expression: str) -> Names:
    """Return what an expression names; variables must have values."""
    tokens = [found for found in _TOKEN.finditer(expression) if found.lastgroup != "skipped"]
    metrics: list[tuple[str, frozenset[str]]] = []
    groupings: set[str] = set()
    waiting = iter(range(len(tokens)))
    for index in waiting:
        token, following = tokens[index], tokens[index + 1].group() if index + 1 < len(tokens) else ""
        word = token.group().lower()
        if token.lastgroup != "name":
            if word in ("{", "$"):
                raise ValueError(f"{expression}: {word} stands without a name")
        elif word in _GROUPING:
            groupings.update(_names_until(")", tokens[index + 1 :]) if following == "(" else ())
            _skip(waiting, tokens, ")" if following == "(" else "")
        elif following == "{":
            metrics.append((token.group(), frozenset(_names_until("}", tokens[index + 1 :]))))
            _skip(waiting, tokens, "}")
        elif following != "(" and word not in _WORDS:
            metrics.append((token.group(), frozenset()))
    return Names(tuple(metrics), frozenset(groupings))


def labels_by_metric(scrapes: Iterable[str]) -> dict[str, set[str]]:
    """Return the labels of each metric that scrapes have, those of the target among them."""
    labels: dict[str, set[str]] = defaultdict(lambda: set(TARGET_LABELS))
    for line in (line for scrape in scrapes for line in scrape.splitlines()):
        if found := _SAMPLE.match(line):
            labels[found["name"]].update(_LABEL.findall(found["labels"] or ""))
    return dict(labels)


def unknown_names(expression: str, known: Mapping[str, set[str]]) -> list[str]:
    """Return what an expression names that is not there: metrics, and labels that they do not have."""
    names = names_in(expression)
    found = [metric for metric, _ in names.metrics if metric not in known]
    found += [f"{metric}{{{one}}}" for metric, labels in names.metrics for one in labels - known.get(metric, labels)]
    there = TARGET_LABELS.union(*(known.get(metric, set()) for metric, _ in names.metrics))
    return found + sorted(names.groupings - there)


def _names_until(end: str, tokens: Iterable[re.Match[str]]) -> Iterator[str]:
    for token in tokens:
        if token.group() == end:
            return
        if token.lastgroup == "name":
            yield token.group()


def _skip(waiting: Iterator[int], tokens: list[re.Match[str]], end: str) -> None:
    while end and tokens[next(waiting)].group() != end:
        pass
