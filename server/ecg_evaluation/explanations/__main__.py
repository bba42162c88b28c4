"""Measures how far explanations can be trusted, on PTB-XL at 100 Hz.

    python -m ecg_evaluation.explanations PTBXL_FOLDER --document docs/explanations.md

Prints the report, and writes it with a JSON file beside it. Takes about a quarter of an hour on two cores.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ecg_client.errors import EcgError
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.explanations.measuring import ExplanationSettings, measure_explanations
from ecg_evaluation.explanations.report import to_markdown
from ecg_evaluation.json_file import to_json


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write. Returns the exit status."""
    options = _parser().parse_args(arguments)
    settings = ExplanationSettings(
        model=options.model,
        infarctions=options.infarctions,
        deletions=options.deletions,
        randomised=options.randomised,
        resamples=options.resamples,
        seed=options.seed,
    )
    try:
        figures = measure_explanations(options.data, settings, _progress())
    except (EcgError, EvaluationError) as error:
        print(f"ecg_evaluation.explanations: {error}", file=sys.stderr)
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
    defaults = ExplanationSettings()
    parser = argparse.ArgumentParser(
        prog="python -m ecg_evaluation.explanations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, help="PTB-XL folder, as PhysioNet publishes it")
    parser.add_argument(
        "--document", type=Path, default=Path("build/evaluation/explanations.md"), help="the report (%(default)s)"
    )
    parser.add_argument("--model", default=defaults.model, help="a shipped bundle (%(default)s)")
    meaning = "recordings with an infarction of one wall, at most (%(default)s)"
    parser.add_argument("--infarctions", type=int, default=defaults.infarctions, help=meaning)
    meaning = "recordings with a finding, at most (%(default)s)"
    parser.add_argument("--deletions", type=int, default=defaults.deletions, help=meaning)
    meaning = "of those, how many are explained by shuffled networks too (%(default)s)"
    parser.add_argument("--randomised", type=int, default=defaults.randomised, help=meaning)
    parser.add_argument("--resamples", type=int, default=defaults.resamples, help="bootstrap resamples (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="everything random follows from it (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
