"""What a server tells at its metrics endpoint, read as Prometheus reads it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.request import urlopen

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


@dataclass(frozen=True, slots=True)
class Scrape:
    """What was told at one moment.

    Attributes:
        samples: every number, with its name and its labels.
        kinds: what each metric is, by the name that its HELP line has.
    """

    samples: tuple[Sample, ...]
    kinds: dict[str, str]

    def value(self, name: str, **labels: str) -> float:
        """Return a number; 0 where nothing with these labels has happened yet."""
        found = [one.value for one in self.samples if (one.name, one.labels) == (name, labels)]
        assert len(found) <= 1
        return found[0] if found else 0.0

    def rises(self, name: str) -> dict[tuple[str, ...], float]:
        """Return the numbers of a name that are not 0, by the values of their labels, the labels in ABC order."""
        told = [one for one in self.samples if one.name == name and one.value]
        return {tuple(one.labels[label] for label in sorted(one.labels)): one.value for one in told}

    @property
    def label_values(self) -> set[str]:
        """All values of all labels."""
        return {value for sample in self.samples for value in sample.labels.values()}


def parsed(text: str) -> Scrape:
    """Return what a text in the format of Prometheus tells."""
    families = list(text_string_to_metric_families(text))
    return Scrape(tuple(_samples(families)), {_told_name(one): one.type for one in families})


def scraped(url: str) -> Scrape:
    """Return what is told at a URL."""
    with urlopen(url, timeout=30) as response:  # noqa: S310 - our own
        return parsed(response.read().decode())


async def scrape(url: str) -> Scrape:
    """Return what is told at a URL, without keeping the event loop from it."""
    return await asyncio.to_thread(scraped, url)


def _samples(families: Iterable[Metric]) -> Iterable[Sample]:
    for family in families:
        yield from family.samples


def _told_name(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else str(family.name)
