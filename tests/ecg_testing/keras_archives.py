"""Files in the form of .keras files, part by part, so that a test may spoil any of them."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py

KERAS_2_VERSION, KERAS_3_VERSION = "2.15.0", "3.15.1"

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"


def weights_of(write: Callable[[h5py.File], object] = lambda _: None) -> bytes:
    """Return an HDF5 file with what a function writes into it."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        write(file)
    return content.getvalue()


def network_of(*layers: Mapping[str, Any], **config: Any) -> dict[str, Any]:
    """Return the config.json of a network with these layers."""
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "network", "layers": list(layers), **config},
        "registered_name": None,
    }


def layer(class_name: str, module: str | None = "keras.layers", **config: Any) -> dict[str, Any]:
    """Return a layer of a config.json."""
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def parts_of(
    config: object | None = None, *, version: str = KERAS_3_VERSION, weights: bytes | None = None
) -> dict[str, str | bytes]:
    """Return the parts of a .keras file: those of an empty network, unless told others."""
    return {
        METADATA: json.dumps({"keras_version": version}),
        CONFIG: config if isinstance(config, str) else json.dumps(network_of() if config is None else config),
        WEIGHTS: weights_of() if weights is None else weights,
    }


def write_keras(path: Path, parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    """Write a zip archive of these parts."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
