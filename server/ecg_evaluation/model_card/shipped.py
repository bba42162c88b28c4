"""The bundles that ship, each with its evaluation: it must be that of the very manifest, and so of its network."""

from dataclasses import dataclass
from pathlib import Path

from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import Evaluation
from ecg_evaluation.json_file import read_evaluation
from ecg_model.bundle import DEFAULT_BUNDLE, MANIFEST_FILE, SHIPPED_BUNDLES, read_bundle, shipped_bundle_names
from ecg_model.keras_file import sha256_of
from ecg_model.manifest import Manifest


@dataclass(frozen=True, slots=True)
class ShippedModel:
    """A bundle that ships.

    Attributes:
        manifest: what the bundle says of itself.
        evaluation: what was measured of it.
        stem: name of the evaluation's files, without suffix, such as "reference-fold9".
    """

    manifest: Manifest
    evaluation: Evaluation
    stem: str


def read_shipped_models(folder: Path) -> tuple[ShippedModel, ...]:
    """Return all bundles that ship, the default first, with the evaluations in a folder.

    Raises:
        BundleError: a bundle cannot be read or is not what its manifest describes.
        EvaluationError: a bundle has no evaluation, or one made with another manifest.
    """
    evaluations = {path: read_evaluation(path) for path in sorted(folder.glob("*.json"))}
    names = sorted(shipped_bundle_names(), key=lambda name: (name != DEFAULT_BUNDLE, name))
    return tuple(_shipped_model(name, evaluations, folder) for name in names)


def _shipped_model(name: str, evaluations: dict[Path, Evaluation], folder: Path) -> ShippedModel:
    found = [(path, one) for path, one in evaluations.items() if one.model.name == name]
    if len(found) != 1:
        raise EvaluationError(
            f"{folder} has {len(found)} evaluations of the bundle {name}, but the card needs one: "
            f'make evaluate DATA=<PTB-XL folder> MODEL={name} ARGS="--document {folder}"'
        )
    (path, evaluation), folder_of_bundle = found[0], SHIPPED_BUNDLES / name
    if evaluation.model.manifest_sha256 != sha256_of(folder_of_bundle / MANIFEST_FILE):
        raise EvaluationError(f"{path} measures a bundle with another manifest than ships as {name}: evaluate again")
    return ShippedModel(read_bundle(folder_of_bundle).manifest, evaluation, path.stem)
