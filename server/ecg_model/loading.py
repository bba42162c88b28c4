"""From the name or path of a model to a classifier that is ready to answer."""

from pathlib import Path

from ecg_model.bundle import SHIPPED_BUNDLES, read_bundle, shipped_bundle_names
from ecg_model.classifier import Classifier
from ecg_model.errors import BundleError
from ecg_model.keras_file import InputNames, find_inputs, load_keras, sha256_of, summarize
from ecg_model.manifest import Manifest, bare_classes, bare_input


def load_classifier(model: str) -> Classifier:
    """Return the classifier for a model: the name of a shipped bundle, a bundle's folder, or a bare .keras file.

    Raises:
        BundleError: there is no such model, or it cannot be served; says which file and what is wrong with it.
    """
    path = Path(model)
    if path.is_dir():
        return _from_bundle(path)
    if path.is_file():
        return _from_keras_file(path)
    if model in shipped_bundle_names():
        return _from_bundle(SHIPPED_BUNDLES / model)
    raise BundleError(
        model, f"no such file or folder, and no shipped bundle of that name ({', '.join(shipped_bundle_names())})"
    )


def _from_bundle(folder: Path) -> Classifier:
    bundle = read_bundle(folder)
    names = InputNames(metadata=bundle.manifest.input.metadata_input, signal=bundle.manifest.input.signal_input)
    from ecg_model.tensorflow_network import TensorFlowNetwork  # noqa: PLC0415 - imports TensorFlow

    return Classifier(bundle.manifest, TensorFlowNetwork(load_keras(bundle.keras_path), names))


def _from_keras_file(path: Path) -> Classifier:
    model = load_keras(path)
    names = find_inputs(model, path)
    manifest = Manifest(
        name=path.stem,
        version="",
        sha256=sha256_of(path),
        input=bare_input(names.metadata, names.signal),
        classes=bare_classes(),
        operating_point="0.5 for every class",
        summary=summarize(model),
    )
    from ecg_model.tensorflow_network import TensorFlowNetwork  # noqa: PLC0415 - imports TensorFlow

    return Classifier(manifest, TensorFlowNetwork(model, names))
