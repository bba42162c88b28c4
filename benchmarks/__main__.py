"""`python -m benchmarks`: reads flags, runs the benchmark, shows and stores what it found."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

# Before gRPC and TensorFlow are imported, here and in every process below.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from rich.console import Console

from benchmarks.case import Results
from benchmarks.document import write_document
from benchmarks.machine import use_cores
from benchmarks.results_file import add_results_flags, read_results, write_results
from benchmarks.settings import Settings
from benchmarks.suite import PARTS, run
from benchmarks.terminal import progress, show

OUTPUT = Path("build/benchmarks/results.json")
# A run of about two minutes: enough to see an order of magnitude, not enough to decide by.
QUICK = {"rounds": 2, "resource_rounds": 1, "seconds": 0.5, "stream_recordings": 20_000}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit status: 1 when a case failed."""
    options = _parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 200)
    results = read_results(Results, options.read) if options.read else _measure(options, console)
    show(results, console)
    has_failed = any(case.is_failure for case in results.cases)
    if options.document and not has_failed:
        write_document(results, options.document)
    return int(has_failed)


def _measure(options: argparse.Namespace, console: Console) -> Results:
    if options.cores:
        use_cores(options.cores)
    with progress(console) as report:
        results = run(_settings(options), report)
    write_results(results, options.output)
    return results


def _settings(options: argparse.Namespace) -> Settings:
    asked = {"rounds": options.rounds, "seconds": options.seconds, "stream_recordings": options.stream_recordings}
    asked["resource_rounds"] = options.rounds and min(options.rounds, Settings().resource_rounds)
    given = {name: value for name, value in asked.items() if value is not None}
    return Settings(**{"model": options.model, "parts": options.only} | (QUICK if options.quick else {}) | given)


def _parser() -> argparse.ArgumentParser:
    full = Settings()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--model", default=full.model, help="a shipped bundle, or the path of a bundle or .keras file")
    parser.add_argument("--only", type=_parts, default=tuple(PARTS), help=f"some parts of: {','.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="about two minutes instead of ten")
    parser.add_argument("--rounds", type=int, help=f"how often each case is measured (default: {full.rounds})")
    parser.add_argument("--seconds", type=float, help=f"how long a measurement takes (default: {full.seconds:g})")
    parser.add_argument(
        "--stream-recordings", type=int, help=f"recordings of the one long stream (default: {full.stream_recordings})"
    )
    parser.add_argument("--cores", type=int, help="use so many of the cores, for clients and servers together")
    add_results_flags(parser, OUTPUT, unless="a case failed")
    return parser


def _parts(text: str) -> tuple[str, ...]:
    asked = text.split(",")
    unknown = [part for part in asked if part not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return tuple(part for part in PARTS if part in asked)


if __name__ == "__main__":
    sys.exit(main())
