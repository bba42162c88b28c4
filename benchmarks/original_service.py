"""The web service that this one replaces, rebuilt: Flask, JSON, `model.predict` for every request.

    POST /predict  {"X": [7 numbers], "Y": [1000 x [12 numbers]]}  ->  {"NORM": ..., "MI": ..., ...}

Served by Flask's own threaded server, as such services usually are. Nothing is made slower here than it was.
"""

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask, request
from werkzeug.serving import make_server

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from ecg_model.bundle import KERAS_FILE, SHIPPED_BUNDLES
from ecg_model.keras_file import find_inputs, load_keras
from ecg_model.manifest import DIAGNOSTIC_CLASSES


def build_service(model: Any, path: Path) -> Flask:
    """Return the service of a Keras model."""
    service = Flask("original")
    inputs = find_inputs(model, path)

    @service.post("/predict")
    def predict() -> dict[str, float]:
        sent = request.get_json()
        arrays = {inputs.metadata: np.array([sent["X"]]), inputs.signal: np.array([sent["Y"]])}
        (probabilities,) = model.predict([arrays[tensor.name] for tensor in model.inputs], verbose=0)
        return dict(zip(DIAGNOSTIC_CLASSES, probabilities.tolist(), strict=True))

    return service


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.original_service", description=__doc__)
    parser.add_argument("--model", required=True, help="a shipped bundle, or the path of a bundle or .keras file")
    path = keras_path(parser.parse_args().model)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, build_service(load_keras(path), path), threaded=True)
    sys.stderr.write(f"listening on 127.0.0.1:{server.server_port}\n")
    sys.stderr.flush()
    server.serve_forever()


def keras_path(model: str) -> Path:
    """Return the Keras file of a model."""
    path = Path(model) if Path(model).exists() else SHIPPED_BUNDLES / model
    return path / KERAS_FILE if path.is_dir() else path


if __name__ == "__main__":
    main()
