"""Measures a model on a fold of PTB-XL through the path that serves it.

    python -m ecg_evaluation PTBXL_FOLDER --model reference --output build/evaluation/reference
    python -m ecg_evaluation PTBXL_FOLDER --address 127.0.0.1:50051 --output build/evaluation/server

Prints the report, and writes evaluation.json, evaluation.md and reliability.png.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ecg_client.client import EcgClient
from ecg_client.errors import EcgError
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import Evaluation
from ecg_evaluation.fold import read_fold
from ecg_evaluation.json_file import to_json
from ecg_evaluation.measuring import EvaluationSettings, evaluate
from ecg_evaluation.reliability_plot import write_reliability_plot
from ecg_evaluation.report import to_markdown
from ecg_evaluation.served_model import ServedModel
from ecg_evaluation.through_classifier import serve_bundle
from ecg_evaluation.through_server import serve_over_grpc
from ecg_model.bundle import DEFAULT_BUNDLE
from ecg_model.errors import EcgModelError
from ecg_model.loading import Runtime

JSON_FILE = "evaluation.json"
MARKDOWN_FILE = "evaluation.md"
PLOT_FILE = "reliability.png"


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, measure, write. Returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.address and (options.model or options.runtime or options.operating_point):
        parser.error("--address evaluates what runs there: the server has the model, runtime and operating point")
    try:
        evaluation = _evaluate(options)
        report = _write(evaluation, options.output)
    except (EcgError, EcgModelError, EvaluationError) as error:
        print(f"ecg_evaluation: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        return 130
    if options.document:
        _document(evaluation, options.document)
    print(report)
    print(f"written to {options.output}", file=sys.stderr)
    return 0


def _evaluate(options: argparse.Namespace) -> Evaluation:
    fold = read_fold(options.data, options.fold)
    settings = EvaluationSettings(resamples=options.resamples, seed=options.seed)
    with _model(options) as model:
        return evaluate(fold, model, settings, _progress())


@contextmanager
def _model(options: argparse.Namespace) -> Iterator[ServedModel]:
    if options.address:
        with EcgClient(options.address) as client:
            yield serve_over_grpc(client)
    else:
        runtime = Runtime(options.runtime) if options.runtime else None
        yield serve_bundle(options.model or DEFAULT_BUNDLE, runtime, options.operating_point)


def _progress() -> Callable[[str], None]:
    started = time.monotonic()
    return lambda text: print(f"{time.monotonic() - started:4.0f} s  {text}", file=sys.stderr, flush=True)


def _write(evaluation: Evaluation, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    report = to_markdown(evaluation, PLOT_FILE)
    (folder / JSON_FILE).write_text(to_json(evaluation), encoding="utf-8")
    (folder / MARKDOWN_FILE).write_text(report, encoding="utf-8")
    write_reliability_plot(evaluation, folder / PLOT_FILE)
    return report


def _document(evaluation: Evaluation, folder: Path) -> None:
    stem = f"{evaluation.model.name}-fold{'-'.join(map(str, evaluation.data.folds))}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.json").write_text(to_json(evaluation), encoding="utf-8")
    write_reliability_plot(evaluation, folder / f"{stem}.png")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ecg_evaluation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, help="PTB-XL folder, as PhysioNet publishes it")
    parser.add_argument("--fold", type=_fold, nargs="+", default=[9], help="folds of it, 1 to 10 (9)")
    parser.add_argument(
        "--model", help=f"a shipped bundle's name, a bundle's folder or a .keras file ({DEFAULT_BUNDLE})"
    )
    parser.add_argument(
        "--runtime", choices=[*Runtime], help="what runs the network (ONNX Runtime where there is a form)"
    )
    parser.add_argument("--operating-point", help="name of the operating point (the model's first)")
    parser.add_argument("--address", help="HOST:PORT of a running server to evaluate in place of a model")
    parser.add_argument(
        "--output", type=Path, default=Path("build/evaluation"), help="folder for the files (%(default)s)"
    )
    parser.add_argument(
        "--document", type=Path, help="folder for JSON and plot of the model card, such as docs/evaluation"
    )
    parser.add_argument("--resamples", type=_at_least(1), default=1000, help="bootstrap resamples (%(default)s)")
    parser.add_argument("--seed", type=_at_least(0), default=0, help="everything random follows from it (%(default)s)")
    return parser


def _fold(text: str) -> int:
    fold = int(text)
    if not 1 <= fold <= 10:  # noqa: PLR2004 - PTB-XL has ten folds
        raise argparse.ArgumentTypeError("PTB-XL has folds 1 to 10")
    return fold


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}")
        return int(text)

    return number


if __name__ == "__main__":
    sys.exit(main())
