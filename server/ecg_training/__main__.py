"""Trains a network on a PTB-XL folder and writes a bundle.

    python -m ecg_training PTBXL_FOLDER --network residual --output build/residual

Calling it again after an interruption goes on from the last whole epoch.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from ecg_client.errors import EcgError
from ecg_client.formats.ptbxl import PtbxlRow
from ecg_evaluation.ranking import auc_per_class
from ecg_model import quiet_tensorflow  # noqa: F401 - before Keras imports it with all it has to say
from ecg_model.bundle import read_bundle
from ecg_model.errors import BundleError
from ecg_model.manifest import InputSpecification, Manifest
from ecg_training.bundle_writing import recalibrate_bundle, save_network, write_bundle
from ecg_training.dataset import Dataset, read_dataset, read_rows, statements_in
from ecg_training.ensemble import combine, record_of
from ecg_training.progress import report_progress
from ecg_training.recipe import RECIPES
from ecg_training.specification import learn_specification
from ecg_training.training import Course, train

TRAINING_FOLDS = range(1, 9)
VALIDATION_FOLDS = (9,)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, evaluate, write. Returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _make_bundle(options)
    except (EcgError, BundleError) as error:
        print(f"ecg_training: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from the last whole epoch", file=sys.stderr)
        return 130
    return 0


def _make_bundle(options: argparse.Namespace) -> None:
    if options.recalibrate:
        manifest = _recalibrate(options)
    else:
        manifest = _combine(options) if options.combine else _train_bundle(options)
    for figure in manifest.quality_figures:
        print(f"{figure.name:36} {figure.class_code:5} {figure.value:.4f}")
    print(f"bundle written to {options.output}; serve it with: ecg-server --model {options.output}")


def _recalibrate(options: argparse.Namespace) -> Manifest:
    bundle = read_bundle(options.recalibrate)
    training, validation = _read(options, _training_rows(options), bundle.manifest.input)
    return recalibrate_bundle(bundle, options.output, training, validation, version_of_bundle=options.version)


def _combine(options: argparse.Namespace) -> Manifest:
    bundles = [read_bundle(folder) for folder in options.combine]
    model = combine(bundles)
    specification = bundles[0].manifest.input
    training, validation = _read(options, _training_rows(options), specification)
    save_network(model, options.output)
    return write_bundle(
        options.output,
        specification,
        training,
        validation,
        record=record_of(bundles),
        version_of_bundle=options.version,
    )


def _train_bundle(options: argparse.Namespace) -> Manifest:
    rows = _training_rows(options)
    specification = learn_specification(rows)
    statements = statements_in(rows) if RECIPES[options.network].has_statements else ()
    training, validation = _read(options, rows, specification, statements)
    record = _train(options, training, validation)
    return write_bundle(
        options.output, specification, training, validation, record=record, version_of_bundle=options.version
    )


def _training_rows(options: argparse.Namespace) -> list[PtbxlRow]:
    return read_rows(options.data, TRAINING_FOLDS, options.limit)


def _read(
    options: argparse.Namespace,
    rows: Sequence[PtbxlRow],
    specification: InputSpecification,
    statements: Sequence[str] = (),
) -> tuple[Dataset, Dataset]:
    """Return the recordings of the training rows, and the labelled ones of the validation fold."""
    print(f"reading {len(rows)} training recordings", file=sys.stderr)
    validation = read_dataset(options.data, read_rows(options.data, VALIDATION_FOLDS), specification)
    return read_dataset(options.data, rows, specification, statements), validation.labelled()


def _train(options: argparse.Namespace, training: Dataset, validation: Dataset) -> dict[str, str | int | float]:
    """Train a network, save it, and return how it was trained."""
    recipe = RECIPES[options.network]
    settings = replace(recipe.settings, epochs=options.epochs or recipe.settings.epochs, seed=options.seed)
    started = time.monotonic()
    model = train(
        Course(recipe, training, settings),
        options.checkpoints or Path("build/checkpoints") / options.output.name,
        report_progress(lambda model: _macro_auc(model, validation), settings.epochs),
    )
    print(f"trained in {time.monotonic() - started:.0f} s", file=sys.stderr)
    save_network(model, options.output)
    used = {name: value for name, value in asdict(settings).items() if value is not None}
    return {"network": options.network, **used, "recordings": len(training)}


def _macro_auc(model: object, validation: Dataset) -> float:
    answer = model.predict([validation.metadata, validation.signal], batch_size=128, verbose=0)  # type: ignore[attr-defined]
    probabilities = answer[0] if isinstance(answer, list) else answer
    return float(auc_per_class(validation.labels == 1, probabilities).mean())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ecg_training", description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="PTB-XL folder, as PhysioNet publishes it")
    parser.add_argument("--network", choices=sorted(RECIPES), default="residual", help="what to train (%(default)s)")
    parser.add_argument("--output", type=Path, default=Path("build/residual"), help="the bundle's folder (%(default)s)")
    parser.add_argument(
        "--checkpoints", type=Path, help="where to keep them (build/checkpoints/ and the bundle's name)"
    )
    parser.add_argument("--epochs", type=int, help="passes over the data (as many as the network needs)")
    parser.add_argument("--seed", type=int, default=0, help="everything random follows from it (%(default)s)")
    parser.add_argument("--version", default="1.0.0", help="the bundle's version (%(default)s)")
    parser.add_argument("--limit", type=int, help="train on that many recordings only")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--combine",
        type=Path,
        nargs="+",
        metavar="BUNDLE",
        help="train nothing: make one network of these bundles', whose probabilities are the mean of theirs",
    )
    instead.add_argument(
        "--recalibrate",
        type=Path,
        metavar="BUNDLE",
        help="train nothing: calibrate this bundle's network and choose its thresholds anew",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
