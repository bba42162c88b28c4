"""`python -m benchmarks.cluster`: reads flags, measures, shows and stores what came of it."""

import argparse
import datetime as dt
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

# Before gRPC is imported, here and in every process below.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from rich.console import Console

from benchmarks.calls import call_async
from benchmarks.case import Case
from benchmarks.cluster.results import SERVER, Results, tables
from benchmarks.document import machine_description, markdown_table, put_between
from benchmarks.machine import describe_machine
from benchmarks.measurement import Metrics
from benchmarks.processes import RunningServer
from benchmarks.results_file import add_results_flags, read_results, write_results
from benchmarks.settings import Settings
from benchmarks.stage import Client, Stage, ecg_server_arguments
from benchmarks.streams import stream_async
from benchmarks.suite import Report, run_cases
from benchmarks.terminal import progress, show_table
from ecg_model.loading import Runtime

OUTPUT = Path("build/benchmarks/cluster.json")
DOCUMENT = Path("docs/cluster.md")
BEGIN = "<!-- measured: from here on written by `python -m benchmarks.cluster --document` -->"
END = "<!-- measured: to here -->"

LOADS: dict[str, tuple[Client, int]] = {
    "Single calls, 1 caller": (call_async, 1),
    "Single calls, 32 callers": (call_async, 32),
    "One stream": (stream_async, 1),
    "4 streams": (stream_async, 4),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; return the exit status: 1 when something could not be measured."""
    options = _parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 300)
    results = read_results(Results, options.read) if options.read else _measure(options, console)
    for table in tables(results):
        show_table(table, console)
    has_failed = any(case.is_failure for case in results.cases)
    if options.document and not has_failed:
        put_between(BEGIN, END, markdown(results), options.document)
    return int(has_failed)


def run(settings: Settings, replicas: Sequence[int], report: Report) -> Results:
    """Measure every load on every service, one after the other, round after round."""
    machine = describe_machine()
    with Stage(settings) as stage:
        cases = run_cases(
            [
                Case(load, name, partial(_load, stage, flags, client, concurrency), runtime="onnx")
                for load, (client, concurrency) in LOADS.items()
                for name, flags in _services(replicas).items()
            ],
            settings.rounds,
            report,
        )
    return Results(dt.datetime.now(dt.UTC).date().isoformat(), machine, settings, tuple(cases))


def markdown(results: Results) -> str:
    """Return the description of the machine and all tables."""
    settings = results.settings
    described = [
        *machine_description(results.machine),
        f"Model: {settings.model}",
        f"Run: {results.date}, {settings.rounds} rounds of {settings.seconds:g} s each; median (minimum–maximum)",
    ]
    return "\n".join([*(f"* {line}" for line in described), "", *map(markdown_table, tables(results))])


def _services(replicas: Sequence[int]) -> dict[str, tuple[str, ...]]:
    """Return the flags of each service, by its name: of the server, none."""
    clusters = {f"{count} replica{'s' * (count > 1)}": ("--replicas", str(count)) for count in replicas}
    return {SERVER: (), **clusters}


def _load(stage: Stage, flags: tuple[str, ...], client: Client, concurrency: int) -> Metrics:
    return stage.measure(client, _service(stage, flags), concurrency=concurrency)


def _service(stage: Stage, flags: tuple[str, ...]) -> RunningServer:
    arguments = ecg_server_arguments(stage.settings.model, Runtime.ONNX)
    return stage.server("ecg_cluster" if flags else "ecg_server", *arguments, *flags)


def _measure(options: argparse.Namespace, console: Console) -> Results:
    settings = Settings(model=options.model, rounds=options.rounds, seconds=options.seconds)
    with progress(console) as report:
        results = run(settings, options.replicas, report)
    write_results(results, options.output)
    return results


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--model", default=Settings().model, help="a shipped bundle, or a path (default: %(default)s)")
    parser.add_argument("--replicas", type=_counts, default=(1, 2), help="how many, in turn (default: 1,2)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each load is measured (default: 5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long a measurement takes (default: 3)")
    add_results_flags(parser, OUTPUT, unless="something could not be measured", document=DOCUMENT)
    return parser


def _counts(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


if __name__ == "__main__":
    sys.exit(main())
