"""`docs/observability.md` tells of what there is: metrics, flags, variables, spans."""

import asyncio
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest
from benchmarks.telemetry_cost import costs
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from ecg_server.settings import TelemetrySettings
from ecg_server.telemetry.measurements import METHODS, OTHER, REFUSAL_REASONS, STAGES
from ecg_server.telemetry.tracing import Tracing
from ecg_testing.documented import ROOT
from ecg_testing.fakes import fake_classifier
from ecg_testing.messages import numbered_recording
from ecg_testing.otlp_collector import Collected, otlp_collector
from ecg_testing.scraping import scrape
from ecg_testing.serving import request, serving

DOCUMENT = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `((?:ecg|process)_\w+)` \| (\w+) \|([^|]*)\| (.*) \|$", DOCUMENT, flags=re.MULTILINE)
KINDS = {Span.SPAN_KIND_CLIENT: " (client)", Span.SPAN_KIND_SERVER: " (server)"}


async def test_the_table_has_what_a_server_tells() -> None:
    """Every metric, with its kind and its labels, and no other."""
    async with serving(fake_classifier(), telemetry=TelemetrySettings(metrics_port=0)) as server:
        await server.stub.Predict(request(numbered_recording(1)))
        scraped = await scrape(server.server.metrics_url)
    labels: defaultdict[str, set[str]] = defaultdict(set)
    for sample in scraped.samples:
        name = sample.name if sample.name in scraped.kinds else re.sub("_(?:bucket|count|sum)$", "", sample.name)
        labels[name] |= sample.labels.keys() - {"le"}

    assert {name: kind for name, kind, _, _ in ROWS} == scraped.kinds
    assert {name: set(re.findall(r"`(\w+)`", told)) for name, _, told, _ in ROWS} == labels


def test_the_values_of_labels_are_those_that_there_are() -> None:
    """Methods, stages and reasons, each in the row of its metric."""
    meanings = {name: set(re.findall(r"`(\w+)`", meaning)) for name, _, _, meaning in ROWS}
    assert meanings["ecg_calls_total"] >= {*METHODS, OTHER}
    assert meanings["ecg_recording_duration_seconds"] >= set(STAGES)
    assert meanings["ecg_calls_refused_total"] == REFUSAL_REASONS


def test_what_it_costs_is_measured_by_the_program_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are its own."""
    with otlp_collector() as collected:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{collected.address}")
        tracing = Tracing()
        measured = costs(tracing)
        for cost in measured:
            cost.act()
        tracing.close()
    rows = re.findall(r"^\| ((?:a number|metrics|traces|Python client): [^|]*) \| [\d.]+ \|$", DOCUMENT, re.MULTILINE)
    assert rows == [cost.what for cost in measured]


async def test_the_example_makes_the_trace_that_is_shown() -> None:
    """From the program that is shown to the network, in one tree."""
    program, tree = re.findall(r"```(?:python|text)\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    with otlp_collector() as collected, pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{collected.address}")
        async with serving(fake_classifier(), telemetry=TelemetrySettings(sends_traces=True)) as server:
            typed = program.replace("127.0.0.1:50051", server.address)
            await asyncio.to_thread(subprocess.run, [sys.executable, "-c", typed], check=True, env=os.environ)

    assert "".join(f"{line}\n" for line in drawn(collected)) == tree


def drawn(collected: Collected, parent: bytes = b"", depth: int = 0) -> Iterator[str]:
    """Return spans as a tree, the earlier before the later."""
    children = [span for span in collected.spans if span.parent_span_id == parent]
    for span in sorted(children, key=lambda one: one.start_time_unix_nano):
        yield f"{'  ' * depth}{span.name}{KINDS.get(span.kind, '')}"
        yield from drawn(collected, span.span_id, depth + 1)
