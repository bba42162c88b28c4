"""`python -m benchmarks.overload`: reads flags, floods the server, shows and stores what became of it."""

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

from benchmarks.case import Case
from benchmarks.document import machine_description, markdown_table, put_between
from benchmarks.machine import describe_machine
from benchmarks.overload.flood import Flood, measure
from benchmarks.overload.results import Results, case_name
from benchmarks.overload.settings import Settings, shared_out
from benchmarks.overload.tables import description, tables
from benchmarks.results_file import add_results_flags, read_results, write_results
from benchmarks.settings import Settings as StageSettings
from benchmarks.stage import Stage
from benchmarks.suite import Report, run_cases
from benchmarks.terminal import progress, show_table

OUTPUT = Path("build/benchmarks/overload.json")
BEGIN = "<!-- overload: from here on written by `python -m benchmarks.overload --document` -->"
END = "<!-- overload: to here -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the test; return the exit status: 1 when a flood could not be measured."""
    options = _parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 300)
    results = read_results(Results, options.read) if options.read else _measure(options, console)
    _show(results, console)
    has_failed = any(case.is_failure for case in results.cases)
    if options.document and not has_failed:
        put_between(BEGIN, END, markdown(results), options.document)
    return int(has_failed)


def run(settings: Settings, report: Report) -> Results:
    """Measure every flood, one after the other, round after round."""
    machine = describe_machine()
    floods = [
        Flood(model, connections, multiple)
        for model in settings.models
        for connections in settings.connections
        for multiple in settings.multiples
    ]
    with Stage(StageSettings()) as stage:
        cases = run_cases([_case(stage, settings, flood) for flood in floods], settings.rounds, report)
    return Results(dt.datetime.now(dt.UTC).date().isoformat(), machine, settings, tuple(cases))


def markdown(results: Results) -> str:
    """Return the description of the machine and all tables, the goals first."""
    described = [f"* {line}" for line in (*machine_description(results.machine), *description(results))]
    return "\n".join([*described, "", *map(markdown_table, tables(results))])


def _case(stage: Stage, settings: Settings, flood: Flood) -> Case:
    name = case_name(flood.connections, flood.multiple)
    return Case(flood.model, name, partial(measure, stage, settings, flood), runtime="onnx")


def _show(results: Results, console: Console) -> None:
    for line in (*machine_description(results.machine), *description(results)):
        console.print(line)
    for table in tables(results):
        show_table(table, console)


def _measure(options: argparse.Namespace, console: Console) -> Results:
    with progress(console) as report:
        results = run(_settings(options), report)
    write_results(results, options.output)
    return results


def _settings(options: argparse.Namespace) -> Settings:
    server_cores, caller_cores = shared_out(tuple(sorted(os.sched_getaffinity(0))))
    return Settings(
        models=options.models,
        multiples=options.multiples,
        connections=options.connections,
        rounds=options.rounds,
        seconds=options.seconds,
        filling_seconds=options.filling_seconds,
        callers=options.callers,
        queue_windows=options.queue_windows,
        server_cores=server_cores[: options.server_cores],
        caller_cores=caller_cores,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overload", description=__doc__)
    parser.add_argument("--models", type=_words, default=("ensemble", "reference"), help="shipped bundles, or paths")
    parser.add_argument(
        "--multiples", type=_numbers, default=(2.0, 3.0, 5.0, 10.0), help="how many times its capacity (2,3,5,10)"
    )
    parser.add_argument(
        "--connections", type=_counts, default=(1, 16), help="over how many connections, in turn (1,16)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each flood is measured (default: 3)")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long a flood is measured (default: 8)")
    parser.add_argument(
        "--filling-seconds", type=float, default=4.0, help="how long it lasts before that, for the queue to fill"
    )
    parser.add_argument("--callers", type=int, default=32, help="callers that wait, for the capacity (default: 32)")
    parser.add_argument("--queue-windows", type=int, help="windows that may wait in the server (default: its own)")
    parser.add_argument("--server-cores", type=int, help="cores for the server (default: half of them)")
    add_results_flags(parser, OUTPUT, unless="a flood failed")
    return parser


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split(",")))


def _counts(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


if __name__ == "__main__":
    sys.exit(main())
