"""Runs a network in ONNX Runtime: no TensorFlow, a fraction of its memory and start-up time."""

import os
import re
from pathlib import Path

# Before ONNX Runtime is imported: from 1.31 on it would keep events in the home directory, to be sent to Microsoft.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime

from ecg_model.bounded_reading import read_bounded
from ecg_model.errors import BundleError
from ecg_model.recording import FloatArray

GREATEST_BYTES = 1 << 29

# A graph whose weights lie in other files says where under this key; before it stands the last byte of its length,
# of which there are two forms.
_OTHER_FILE_KEY = re.compile(rb"[\x00\x08]location")


class OnnxNetwork:
    """An ONNX graph with inputs `metadata` and `signal`, as `ecg_model.onnx_export` writes it.

    Args:
        graph: path of the .onnx file, or its bytes.
        threads: threads that one run may use. With 1, a run stays on the thread that calls it.

    Raises:
        BundleError: the graph is too large or needs other files, or ONNX Runtime refuses it.
    """

    def __init__(self, graph: Path | bytes, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.load_model_format", "ONNX")
        name = "the converted network" if isinstance(graph, bytes) else graph
        content = graph if isinstance(graph, bytes) else read_bounded(graph, GREATEST_BYTES)
        _refuse_other_files(content, name)
        try:
            # Given bytes and no path, it has no folder of the bundle to look for other files in.
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its exceptions have no common ancestor below Exception
            raise BundleError(name, f"ONNX Runtime refuses it: {error}") from error

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class]."""
        probabilities: FloatArray = self._session.run(None, {"metadata": metadata, "signal": signal})[0]
        return probabilities


def _refuse_other_files(graph: bytes, name: Path | str) -> None:
    if _OTHER_FILE_KEY.search(graph):
        raise BundleError(name, "keeps weights in other files; save it whole, as python -m ecg_model does")
