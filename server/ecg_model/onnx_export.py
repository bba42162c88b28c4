"""Derives the ONNX form of a network from its .keras file.

The graph is converted from the frozen TensorFlow function: Keras's own ONNX export leaves the constants of adapted
Normalization layers behind as inputs.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from ecg_model.bundle import GOLDEN_FILE, ONNX_FILE, read_bundle, write_manifest
from ecg_model.golden import read_golden_set, verify
from ecg_model.keras_file import InputNames, load_keras, sha256_of
from ecg_model.onnx_network import OnnxNetwork

OPSET = 18


def to_onnx(model: Any, inputs: InputNames) -> bytes:
    """Return a Keras model as an ONNX graph of `metadata` and `signal`."""
    # Heavy, and needed here alone; TensorFlow first, which its import in tf2onnx would let speak up.
    from ecg_model.tensorflow_network import freeze  # noqa: I001, PLC0415
    from ecg_model.onnx_fusion import fuse_convolutions  # noqa: PLC0415
    import tf2onnx  # noqa: PLC0415

    frozen = freeze(model, inputs)
    graph, _ = tf2onnx.convert.from_graph_def(
        frozen.graph.as_graph_def(),
        input_names=["metadata:0", "signal:0"],
        output_names=[tensor.name for tensor in frozen.outputs],
        opset=OPSET,
        # Without the colon and number that TensorFlow puts behind every name.
        tensors_to_rename={"metadata:0": "metadata", "signal:0": "signal"},
    )
    serialized: bytes = fuse_convolutions(graph).SerializeToString()
    return serialized


def export_bundle(folder: Path) -> None:
    """Write the ONNX form of a bundle's network beside it, and its digest into the manifest.

    Raises:
        BundleError: the bundle is broken, or the ONNX form does not give the Keras probabilities on the bundle's golden
            recordings; nothing is written then.
    """
    bundle = read_bundle(folder)
    specification = bundle.manifest.input
    names = InputNames(metadata=specification.metadata_input, signal=specification.signal_input)
    graph = to_onnx(load_keras(bundle.keras_path), names)
    verify(
        OnnxNetwork(graph, threads=1),
        read_golden_set(folder / GOLDEN_FILE, bundle.manifest),
        bundle.onnx_path,
    )
    (folder / ONNX_FILE).write_bytes(graph)
    write_manifest(replace(bundle.manifest, onnx_sha256=sha256_of(folder / ONNX_FILE)), folder)
