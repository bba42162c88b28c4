"""Measures how well faults of a signal are found, on PTB-XL at 100 Hz.

    python -m ecg_evaluation.signal_quality PTBXL_FOLDER --document docs/quality.md

Prints the report, and writes it with a JSON file beside it. Takes about two minutes on one core.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ecg_client.errors import EcgError
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.json_file import to_json
from ecg_evaluation.signal_quality.measuring import QualitySettings, measure_quality
from ecg_evaluation.signal_quality.report import to_markdown


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write. Returns the exit status."""
    options = _parser().parse_args(arguments)
    settings = QualitySettings(tuple(sorted(set(options.check))), options.resamples, options.seed)
    try:
        figures = measure_quality(options.data, settings, _progress())
    except (EcgError, EvaluationError) as error:
        print(f"ecg_evaluation.signal_quality: {error}", file=sys.stderr)
        return 1
    json_file = options.document.with_suffix(".json")
    report = to_markdown(figures, options.document.stem)
    options.document.parent.mkdir(parents=True, exist_ok=True)
    options.document.write_text(report, encoding="utf-8")
    json_file.write_text(to_json(figures), encoding="utf-8")
    print(report)
    print(f"written to {options.document} and {json_file}", file=sys.stderr)
    return 0


def _progress() -> Callable[[str], None]:
    started = time.monotonic()
    return lambda text: print(f"{time.monotonic() - started:4.0f} s  {text}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ecg_evaluation.signal_quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, help="PTB-XL folder, as PhysioNet publishes it")
    parser.add_argument(
        "--document", type=Path, default=Path("build/evaluation/quality.md"), help="the report (%(default)s)"
    )
    parser.add_argument(
        "--check", type=int, choices=(9, 10), nargs="+", default=[9], help="folds that had no part in the choice (9)"
    )
    parser.add_argument("--resamples", type=int, default=1000, help="bootstrap resamples (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="everything random follows from it (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
