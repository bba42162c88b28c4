"""Trains the reference network on a PTB-XL folder and writes a bundle.

    python -m ecg_training PTBXL_FOLDER --output build/reference

Calling it again after an interruption goes on from the last whole epoch.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ecg_client.errors import EcgError
from ecg_model import quiet_tensorflow  # noqa: F401 - before Keras imports it with all it has to say
from ecg_training.bundle_writing import write_bundle
from ecg_training.dataset import Dataset, read_dataset, read_rows
from ecg_training.evaluation import auc_per_class
from ecg_training.network import build_reference_network
from ecg_training.progress import report_progress
from ecg_training.specification import learn_specification
from ecg_training.training import TrainingSettings, train

TRAINING_FOLDS = range(1, 9)
VALIDATION_FOLDS = (9,)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, evaluate, write. Returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _make_bundle(options)
    except EcgError as error:
        print(f"ecg_training: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from the last whole epoch", file=sys.stderr)
        return 130
    return 0


def _make_bundle(options: argparse.Namespace) -> None:
    settings = TrainingSettings(epochs=options.epochs, seed=options.seed)
    training_rows = read_rows(options.data, TRAINING_FOLDS, options.limit)
    specification = learn_specification(training_rows)
    print(f"reading {len(training_rows)} training recordings", file=sys.stderr)
    training = read_dataset(options.data, training_rows, specification)
    validation = read_dataset(options.data, read_rows(options.data, VALIDATION_FOLDS), specification).labelled()

    started = time.monotonic()
    model = train(
        lambda: build_reference_network(training.metadata, training.signal, seed=settings.seed),
        training,
        settings,
        options.checkpoints or Path("build/checkpoints") / options.output.name,
        report_progress(lambda model: _macro_auc(model, validation), settings.epochs),
    )
    print(f"trained in {time.monotonic() - started:.0f} s", file=sys.stderr)
    record = {**asdict(settings), "recordings": len(training)}
    manifest = write_bundle(model, specification, validation, record, options.output, version_of_bundle=options.version)
    for figure in manifest.quality_figures:
        print(f"{figure.name:9} {figure.class_code:5} {figure.value:.4f}")
    print(f"bundle written to {options.output}; serve it with: ecg-server --model {options.output}")


def _macro_auc(model: object, validation: Dataset) -> float:
    probabilities = model.predict([validation.metadata, validation.signal], batch_size=128, verbose=0)  # type: ignore[attr-defined]
    return float(auc_per_class(validation.labels, probabilities).mean())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ecg_training", description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="PTB-XL folder, as PhysioNet publishes it")
    parser.add_argument(
        "--output", type=Path, default=Path("build/reference"), help="the bundle's folder (%(default)s)"
    )
    parser.add_argument(
        "--checkpoints", type=Path, help="where to keep them (build/checkpoints/ and the bundle's name)"
    )
    parser.add_argument("--epochs", type=int, default=14, help="passes over the data (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="everything random follows from it (%(default)s)")
    parser.add_argument("--version", default="1.0.0", help="the bundle's version (%(default)s)")
    parser.add_argument("--limit", type=int, help="train on that many recordings only")
    return parser


if __name__ == "__main__":
    sys.exit(main())
