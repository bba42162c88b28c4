"""Runs a network in ONNX Runtime: no TensorFlow, a fraction of its memory and start-up time."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnxruntime

from ecg_model.errors import BundleError
from ecg_model.recording import FloatArray


class OnnxNetwork:
    """An ONNX graph with inputs `metadata` and `signal`, as `ecg_model.onnx_export` writes it.

    Several one-thread runs at once give the most recordings per second, but leave cores idle when there is just one
    recording to classify. That one is run with more threads.

    Args:
        graph: path of the .onnx file, or its bytes.
        threads: threads that one run may use. With 1, a run stays on the thread that calls it.
        threads_alone: threads for a single recording while nothing else runs.

    Raises:
        BundleError: ONNX Runtime refuses the graph.
    """

    def __init__(self, graph: Path | bytes, threads: int, threads_alone: int) -> None:
        self._session = _open(graph, threads)
        self._session_alone = self._session if threads_alone == threads else _open(graph, threads_alone)
        self._lock = threading.Lock()
        self._runs = 0

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class]."""
        with self._session_for(len(signal)) as session:
            probabilities: FloatArray = session.run(None, {"metadata": metadata, "signal": signal})[0]
        return probabilities

    @contextmanager
    def _session_for(self, count: int) -> Iterator[onnxruntime.InferenceSession]:
        with self._lock:
            is_alone = self._runs == 0 and count == 1
            self._runs += 1
        try:
            yield self._session_alone if is_alone else self._session
        finally:
            with self._lock:
                self._runs -= 1


def _open(graph: Path | bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the cores from those that receive the next recordings.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            graph if isinstance(graph, bytes) else os.fspath(graph), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # its exceptions have no common ancestor below Exception
        name = "the converted network" if isinstance(graph, bytes) else graph
        raise BundleError(name, f"ONNX Runtime refuses it: {error}") from error
