"""Any bytes as a .keras file, up to Keras: the archive, the config.json and the weights in it."""

import contextlib
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ecg_model.bundle import SHIPPED_BUNDLES
from ecg_model.errors import BundleError
from ecg_model.keras_archive import KerasArchive, read_archive, write_archive
from ecg_model.keras_config import checked_config
from ecg_model.keras_file import read_safe_archive
from ecg_model.keras_weights import check_weights
from fuzzing.targets.files import put

_NOWHERE = Path("fuzzed.keras")
# What no file may bring to Keras, however it is written.
_FORBIDDEN = {"Lambda", "TFOpLambda", "__lambda__", "StringLookup", "TextVectorization", "TFSMLayer"}


def test_one_input(data: bytes) -> None:
    """Check an archive, a config.json or weights; what is let through must be harmless."""
    with contextlib.suppress(BundleError):
        if data[:1] == b"P":
            _check_config(read_safe_archive(put("network.keras", data)).config)
        elif data[:1] == b"\x89":
            check_weights(data, _NOWHERE)
        else:
            _check_config(checked_config(data, _NOWHERE))


def _check_config(config: bytes) -> None:
    for one in _objects(json.loads(config)):
        if one.get("class_name") in _FORBIDDEN or "compile_config" in one:
            raise AssertionError(f"Keras would be given {one}")
        if ">" in str(one.get("registered_name")) or str(one.get("module", "keras")).startswith("os"):
            raise AssertionError(f"Keras would import {one}")


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def seeds() -> Sequence[bytes]:
    """Return a small archive, a small config.json, one that ships, and small weights."""
    config = json.dumps(_network()).encode()
    shipped = read_archive(SHIPPED_BUNDLES / "reference" / "network.keras").config
    path = put("seed.keras", b"")
    write_archive(KerasArchive(b'{"keras_version": "3.15.1"}', config, _weights()), path)
    return [path.read_bytes(), config, _hostile(), shipped, _weights()]


def _network() -> dict[str, Any]:
    dense = {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"units": 5, "activation": {"class_name": "function", "module": "builtins", "config": "relu"}},
        "registered_name": None,
    }
    return {"module": "keras", "class_name": "Sequential", "config": {"layers": [dense]}, "compile_config": {"loss": 1}}


def _hostile() -> bytes:
    layer = {"module": "keras.layers", "class_name": "Lambda", "config": {"function": {"class_name": "__lambda__"}}}
    return json.dumps({"class_name": "Sequential", "config": {"layers": [layer]}, "registered_name": "os>x"}).encode()


def _weights() -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["layers/dense/vars/0"] = np.ones((2, 3), dtype=np.float32)
        file["layers/dense/vars"].attrs["name"] = "dense"
        file["link"] = h5py.SoftLink("/layers")
    return content.getvalue()
