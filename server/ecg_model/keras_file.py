"""Opens .keras files, in both of their dialects, and tells what is inside.

A file written by Keras 2 (TensorFlow up to 2.15) cannot be opened by Keras 3; the package tf_keras opens it exactly.
The file itself says who wrote it. Keras is imported only when a file is opened: the ONNX runtime serves without it.
"""

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ecg_model.errors import BundleError
from ecg_model.keras_archive import KerasArchive, read_archive, write_archive
from ecg_model.keras_config import checked_config
from ecg_model.keras_weights import check_weights
from ecg_model.manifest import LayerSummary, NetworkSummary

# Wide enough that Keras truncates no name of the networks served here.
SUMMARY_WIDTH = 140


@dataclass(frozen=True, slots=True)
class InputNames:
    """The names of a network's two inputs."""

    metadata: str
    signal: str


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 lower-case hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_keras(path: Path) -> Any:
    """Return the Keras model in a .keras file, opened by the Keras that can.

    Keras is given a copy that holds what was checked and nothing else. Its safe mode is on all the same.

    Raises:
        BundleError: there is no such file, it is no .keras file, it is not safe to open, or Keras refuses it.
    """
    archive = read_safe_archive(path)
    is_keras_2 = _keras_version(archive, path).startswith("2.")
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "network.keras"
        try:
            write_archive(archive, copy)
            if is_keras_2:
                import tf_keras  # noqa: PLC0415 - heavy, and needed for old files only

                return tf_keras.models.load_model(copy, compile=False, safe_mode=True)
            import keras  # noqa: PLC0415 - heavy, and needed for new files only

            return keras.saving.load_model(copy, compile=False, safe_mode=True)
        except Exception as error:  # Keras raises all sorts for a broken file
            raise BundleError(path, f"Keras cannot open it: {type(error).__name__}: {_first_line(error)}") from error


def read_safe_archive(path: Path) -> KerasArchive:
    """Return what a .keras file holds, once all of it is known to be safe to open; Keras is not needed for that.

    Raises:
        BundleError: there is no such file, it is no .keras file, or it holds code, links or anything else that a
            network has no use for.
    """
    archive = read_archive(path)
    _keras_version(archive, path)
    config = checked_config(archive.config, path)
    check_weights(archive.weights, path)
    return replace(archive, config=config)


def _keras_version(archive: KerasArchive, path: Path) -> str:
    """Return the version of the Keras that wrote a .keras file, such as "2.15.0"."""
    try:
        return str(json.loads(archive.metadata)["keras_version"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BundleError(path, "is not a .keras file: its metadata.json does not name a Keras version") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0]


def find_inputs(model: Any, path: Path) -> InputNames:
    """Return the names of a network's inputs, told apart by their shapes, in whichever order they come.

    Raises:
        BundleError: the network does not take metadata (None, 7) and a signal (None, 1000, 12), or does not give
            (None, 5).
    """
    by_shape = {tuple(tensor.shape): tensor.name for tensor in model.inputs}
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    if sorted(map(str, shapes)) != ["(None, 1000, 12)", "(None, 7)"]:
        raise BundleError(path, f"its inputs have the shapes {shapes}; needed are (None, 7) and (None, 1000, 12)")
    outputs = [tuple(tensor.shape) for tensor in model.outputs]
    if outputs != [(None, 5)]:
        raise BundleError(path, f"its outputs have the shapes {outputs}; needed is one of (None, 5)")
    return InputNames(metadata=by_shape[(None, 7)], signal=by_shape[(None, 1000, 12)])


def summarize(model: Any) -> NetworkSummary:
    """Return what Keras prints of a model, and the same as rows."""
    return NetworkSummary(
        text=_printed_summary(model),
        layers=tuple(_layer_summary(layer) for layer in model.layers),
        parameter_count=int(model.count_params()),
    )


def _printed_summary(model: Any) -> str:
    lines: list[str] = []
    # Keras 3 cuts the table off at the terminal's width, which it learns from here.
    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(SUMMARY_WIDTH)
    try:
        model.summary(print_fn=lambda line, **_: lines.append(line), line_length=SUMMARY_WIDTH)
    finally:
        if columns is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = columns
    return "\n".join(lines).strip()


def _layer_summary(layer: Any) -> LayerSummary:
    return LayerSummary(
        name=layer.name,
        type=type(layer).__name__,
        output_shape=", ".join(str(tuple(tensor.shape)) for tensor in _outputs(layer)),
        parameter_count=int(layer.count_params()),
        connected_to=tuple(_parents(layer)),
    )


def _outputs(layer: Any) -> list[Any]:
    # A network within a network may have a list of outputs, even of one.
    return layer.output if isinstance(layer.output, list) else [layer.output]


def _parents(layer: Any) -> list[str]:
    # Neither Keras says publicly what a layer is connected to; both print it, from these nodes.
    nodes = [parent for node in layer._inbound_nodes for parent in node.parent_nodes]  # noqa: SLF001
    return [node.operation.name if hasattr(node, "operation") else node.layer.name for node in nodes]
