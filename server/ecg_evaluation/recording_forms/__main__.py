"""Measures what it costs when a recording is not ten seconds of twelve sound leads at 100 Hz.

    python -m ecg_evaluation.recording_forms PTBXL_FOLDER --document docs/recordings.md
    python -m ecg_evaluation.recording_forms --document docs/recordings.md

Writes the document, and beside it the figures as JSON. Without a folder it writes the document anew from that JSON.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ecg_client.errors import EcgError
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.json_file import read_findings, to_json
from ecg_evaluation.recording_forms.document import COMMAND, to_markdown
from ecg_evaluation.recording_forms.findings import RecordingForms
from ecg_evaluation.recording_forms.measuring import FormSettings, measure_forms
from ecg_evaluation.through_classifier import serve_bundle
from ecg_model.bundle import DEFAULT_BUNDLE
from ecg_model.errors import EcgModelError
from ecg_model.loading import load_classifier


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, measure, write. Returns the exit status."""
    options = _parser().parse_args(arguments)
    figures = options.document.with_suffix(".json")
    try:
        if options.data:
            figures.write_text(to_json(_measure(options)), encoding="utf-8")
        findings = read_findings(figures, RecordingForms, "measurement of recording forms", COMMAND)
    except (EcgError, EcgModelError, EvaluationError) as error:
        print(f"ecg_evaluation.recording_forms: {error}", file=sys.stderr)
        return 1
    options.document.write_text(to_markdown(findings, figures.name), encoding="utf-8")
    print(f"written to {options.document}", file=sys.stderr)
    return 0


def _measure(options: argparse.Namespace) -> RecordingForms:
    settings = FormSettings(resamples=options.resamples, seed=options.seed)
    used = serve_bundle(options.model, None, None).used
    return measure_forms(options.data, load_classifier(options.model), used, settings, _progress())


def _progress() -> Callable[[str], None]:
    started = time.monotonic()
    return lambda text: print(f"{time.monotonic() - started:4.0f} s  {text}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, nargs="?", help="PTB-XL folder, with some recordings at 500 Hz")
    parser.add_argument("--document", type=Path, required=True, help="the document, such as docs/recordings.md")
    parser.add_argument(
        "--model",
        default=DEFAULT_BUNDLE,
        help="a shipped bundle's name, a bundle's folder or a .keras file (%(default)s)",
    )
    parser.add_argument("--resamples", type=int, default=1000, help="bootstrap resamples (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="everything random follows from it (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
