"""From the name or path of a model to a classifier that is ready to answer."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from ecg_model.bare_model import bare_classes, bare_input, bare_operating_points
from ecg_model.bundle import GOLDEN_FILE, MANIFEST_FILE, SHIPPED_BUNDLES, Bundle, read_bundle, shipped_bundle_names
from ecg_model.classifier import Classifier, Network
from ecg_model.errors import BundleError
from ecg_model.golden import GoldenSet, noise_inputs, read_golden_set, verify
from ecg_model.keras_file import InputNames, find_inputs, load_keras, read_safe_archive, sha256_of, summarize
from ecg_model.manifest import Manifest, OperatingPoint


class Runtime(StrEnum):
    """What runs the network."""

    TENSORFLOW = "tensorflow"
    ONNX = "onnx"


def load_classifier(
    model: str, runtime: Runtime | None = None, threads: int = 1, operating_point: str | None = None
) -> Classifier:
    """Return the classifier of a model.

    Args:
        model: the name of a shipped bundle, a bundle's folder, or a bare .keras file; a folder that has the name of a
            shipped bundle is written "./reference".
        runtime: what runs the network. None: ONNX Runtime where the bundle has an ONNX form, else TensorFlow. A network
            without one is converted now when ONNX is asked for, which takes TensorFlow.
        threads: threads that one run of the network may use.
        operating_point: the name of one of the model's operating points. None: its first.

    Raises:
        BundleError: there is no such model, it has no such operating point, or it cannot be served; says which file and
            what is wrong with it.
    """
    located = locate(model)
    # Once: a link that is pointed elsewhere meanwhile must not mix the files of two versions.
    path = located.resolve()
    if path.is_dir():
        return _from_bundle(read_bundle(path), runtime, threads, operating_point)
    return _from_keras_file(path, located.stem, runtime, threads, operating_point)


def locate(model: str) -> Path:
    """Return where a model is: the folder of a bundle, or a file.

    Args:
        model: as `load_classifier` takes it.

    Raises:
        BundleError: there is none.
    """
    path = SHIPPED_BUNDLES / model if model in shipped_bundle_names() else Path(model)
    if not path.exists():
        shipped = ", ".join(shipped_bundle_names())
        raise BundleError(model, f"there is no such file or folder, and no shipped bundle of that name ({shipped})")
    return path


def _from_bundle(bundle: Bundle, runtime: Runtime | None, threads: int, operating_point: str | None) -> Classifier:
    point = _find_operating_point(bundle.manifest.operating_points, operating_point, bundle.folder / MANIFEST_FILE)
    golden = read_golden_set(bundle.folder / GOLDEN_FILE, bundle.manifest)
    if bundle.manifest.onnx_sha256 and runtime is not Runtime.TENSORFLOW:
        path, network = bundle.onnx_path, _onnx_network(bundle.onnx_path, threads)
    else:
        path = bundle.keras_path
        model = _open_keras(path, threads)
        network = _keras_network(model, _inputs_of(bundle, model), bundle.manifest, runtime, threads)
    return _checked(Classifier(bundle.manifest, network, point), golden, path)


def _checked(classifier: Classifier, golden: GoldenSet, path: Path) -> Classifier:
    """Return a classifier that has given a golden set's probabilities, and can be asked for them again."""
    check = partial(verify, classifier.network, golden, path)
    check()
    return replace(classifier, check=check)


def _inputs_of(bundle: Bundle, model: Any) -> InputNames:
    specification = bundle.manifest.input
    names = sorted(tensor.name for tensor in model.inputs)
    expected = sorted((specification.metadata_input, specification.signal_input))
    if names != expected:
        raise BundleError(bundle.keras_path, f"its inputs are named {names}; the manifest says {expected}")
    return InputNames(metadata=specification.metadata_input, signal=specification.signal_input)


def _from_keras_file(
    path: Path, name: str, runtime: Runtime | None, threads: int, operating_point: str | None
) -> Classifier:
    points = bare_operating_points()
    point = _find_operating_point(points, operating_point, path)
    model = _open_keras(path, threads)
    names = find_inputs(model, path)
    manifest = Manifest(
        name=name,
        version="",
        sha256=sha256_of(path),
        input=bare_input(names.metadata, names.signal),
        classes=bare_classes(),
        operating_points=points,
        summary=summarize(model),
    )
    network = _keras_network(model, names, manifest, runtime, threads)
    golden = GoldenSet.computed(network, *noise_inputs(manifest.input))
    return _checked(Classifier(manifest, network, point), golden, path)


def _find_operating_point(points: Sequence[OperatingPoint], name: str | None, path: Path) -> OperatingPoint:
    by_name = {point.name: point for point in points}
    if name is None:
        return points[0]
    if name not in by_name:
        raise BundleError(path, f"has no operating point {name!r}; it has {', '.join(by_name)}")
    return by_name[name]


def _open_keras(path: Path, threads: int) -> Any:
    try:
        read_safe_archive(path)  # what cannot be opened is told before TensorFlow takes its seconds to start
        from ecg_model.tensorflow_network import use_threads  # noqa: PLC0415 - imports TensorFlow
    except ImportError as error:
        raise BundleError(path, 'needs TensorFlow: pip install "ecg-classifier[server]"') from error
    use_threads(threads)
    return load_keras(path)


def _keras_network(model: Any, names: InputNames, manifest: Manifest, runtime: Runtime | None, threads: int) -> Network:
    """Return the network of an opened Keras model, converted first where ONNX was asked for."""
    from ecg_model.tensorflow_network import TensorFlowNetwork  # noqa: PLC0415 - imports TensorFlow

    reference = TensorFlowNetwork(model, names)
    if runtime is not Runtime.ONNX:
        return reference
    from ecg_model.onnx_export import to_onnx  # noqa: PLC0415 - imports TensorFlow

    network = _onnx_network(to_onnx(model, names), threads)
    golden = GoldenSet.computed(reference, *noise_inputs(manifest.input))
    verify(network, golden, Path(f"{manifest.name}.onnx"))
    return network


def _onnx_network(graph: Path | bytes, threads: int) -> Network:
    from ecg_model.onnx_network import OnnxNetwork  # noqa: PLC0415 - the TensorFlow runtime does not need it

    return OnnxNetwork(graph, threads)
