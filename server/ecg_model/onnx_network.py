"""Runs a network in ONNX Runtime: no TensorFlow, a fraction of its memory and start-up time."""

import os
from pathlib import Path

import onnxruntime

from ecg_model.errors import BundleError
from ecg_model.recording import FloatArray


class OnnxNetwork:
    """An ONNX graph with inputs `metadata` and `signal`, as `ecg_model.onnx_export` writes it.

    Args:
        graph: path of the .onnx file, or its bytes.
        threads: threads that one run may use. With 1, a run stays on the thread that calls it.

    Raises:
        BundleError: ONNX Runtime refuses the graph.
    """

    def __init__(self, graph: Path | bytes, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                graph if isinstance(graph, bytes) else os.fspath(graph), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its exceptions have no common ancestor below Exception
            name = "the converted network" if isinstance(graph, bytes) else graph
            raise BundleError(name, f"ONNX Runtime refuses it: {error}") from error

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class]."""
        probabilities: FloatArray = self._session.run(None, {"metadata": metadata, "signal": signal})[0]
        return probabilities
