"""Bundles made to harm: what lies beside the network is bounded and checked like the network itself."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from ecg_model.bundle import SHIPPED_BUNDLES, Bundle, read_bundle, write_manifest
from ecg_model.errors import BundleError
from ecg_model.golden import read_golden_set
from ecg_model.keras_file import sha256_of
from ecg_model.loading import Runtime, load_classifier
from ecg_model.onnx_network import OnnxNetwork
from ecg_testing.hostile_networks import HOSTILE_NETWORKS, as_json
from ecg_testing.keras_archives import parts_of, write_keras

NAMES = ("metadata", "signal", "probabilities")


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """A copy of a shipped bundle, to be spoilt."""
    shutil.copytree(SHIPPED_BUNDLES / "reference", tmp_path / "copy")
    return read_bundle(tmp_path / "copy")


def _array(header: str, body: bytes = b"", version: bytes = b"\1\0") -> bytes:
    return b"\x93NUMPY" + version + len(header).to_bytes(2, "little") + header.encode() + body


def _declaring(dtype: str, shape: str) -> bytes:
    return _array(f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}, }}")


def _npz(path: Path, content: bytes, compression: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name in NAMES:
            archive.writestr(f"{name}.npy", content)


def _pickled() -> bytes:
    content = io.BytesIO()
    np.save(content, np.array([print], dtype=object), allow_pickle=True)
    return content.getvalue()


HOSTILE_ARRAYS = {
    "an array that is not there": _declaring("<f4", "(1000000000000,)"),
    "an array of a shape without end": _declaring("<f4", f"({'9' * 4000},)"),
    "an array of a negative shape": _declaring("<f4", "(-1, 7)"),
    "an array of words of a billion letters": _declaring("<U1000000000", "(1,)"),
    "pickled code": _pickled(),
    "a header that is code": _array("__import__('os').system('touch evil')"),
    "a header nested without end": _array("(" * 9000),
    "a header of another age": _array("{}", version=b"\3\0"),
    "no array": b"anything",
    "a bomb": bytes((1 << 24) + 1),
}


@pytest.mark.parametrize("content", HOSTILE_ARRAYS.values(), ids=HOSTILE_ARRAYS)
def test_hostile_golden_recordings_are_refused(content: bytes, bundle: Bundle) -> None:
    """No memory is taken for what a file declares and does not hold, and nothing in it is run."""
    path = bundle.folder / "golden.npz"
    _npz(path, content)
    with pytest.raises(BundleError, match=r"golden\.npz: ") as caught:
        read_golden_set(path, bundle.manifest)
    assert len(str(caught.value)) < len(str(path)) + 500


def test_golden_recordings_packed_in_another_way_are_refused(bundle: Bundle) -> None:
    """Of bzip2 and lzma nobody can say how far a piece unpacks."""
    path = bundle.folder / "golden.npz"
    _npz(path, _declaring("<f4", "(0,)"), zipfile.ZIP_BZIP2)
    with pytest.raises(BundleError, match="NumPy does not use"):
        read_golden_set(path, bundle.manifest)


@pytest.mark.parametrize(("name", "size"), [("manifest.json", (1 << 22) + 1), ("golden.npz", (1 << 24) + 1)])
def test_files_larger_than_expected_are_refused(name: str, size: int, bundle: Bundle) -> None:
    """Not more than the bound is read of them."""
    with (bundle.folder / name).open("wb") as file:
        file.truncate(1 << 33)
    with pytest.raises(BundleError, match=rf"{re.escape(name)}: is larger than {size - 1} bytes"):
        load_classifier(str(bundle.folder), Runtime.ONNX)


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, '{"name":' * 100_000, '{"name": 1e999999}', "\xff", '{"name": "x", "evil": 1}']
)
def test_a_hostile_manifest_is_refused(text: str, bundle: Bundle) -> None:
    """Nested without end, no text, or with a field that nobody knows."""
    (bundle.folder / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(BundleError, match=r"manifest\.json: is not a manifest"):
        read_bundle(bundle.folder)


@pytest.mark.parametrize("change", [lambda content: content + b"\0", lambda content: b"\1" + content[1:]])
@pytest.mark.parametrize("name", ["network.keras", "network.onnx"])
def test_one_byte_more_or_other_is_another_network(name: str, change: Callable[[bytes], bytes], bundle: Bundle) -> None:
    """The digests in the manifest are checked before either network is opened."""
    path = bundle.folder / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(BundleError, match=rf"{re.escape(name)}: its SHA-256 is"):
        load_classifier(str(bundle.folder), Runtime.ONNX)


def test_a_hostile_network_with_the_right_digest_is_refused_all_the_same(bundle: Bundle, tmp_path: Path) -> None:
    """Who can write the network can write the manifest beside it."""
    marker = tmp_path / "marker"
    path = write_keras(bundle.keras_path, parts_of(as_json(HOSTILE_NETWORKS[0].config(marker))))
    write_manifest(replace(bundle.manifest, sha256=sha256_of(path), onnx_sha256=None), bundle.folder)
    with pytest.raises(BundleError, match="which is not served"):
        load_classifier(str(bundle.folder))
    assert not marker.exists()


def _graph_with_weights_in(location: str) -> onnx.ModelProto:
    weights = TensorProto(name="w", dims=[4], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    weights.external_data.add(key="location", value=location)
    graph = helper.make_graph(
        [helper.make_node("Add", ["metadata", "w"], ["y"])],
        "graph",
        [helper.make_tensor_value_info("metadata", TensorProto.FLOAT, [4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4])],
        [weights],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


@pytest.mark.parametrize("location", ["weights.bin", "../../weights.bin", "/etc/passwd"])
@pytest.mark.parametrize("length", [b"\x08", b"\x88\x00", b"\x88\x80\x00"], ids=["short", "long", "longer"])
def test_a_graph_whose_weights_lie_elsewhere_is_refused(
    location: str, length: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever that is, and in whichever way the length of the key is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights.bin").write_bytes(np.ones(4, dtype=np.float32).tobytes())
    content = _graph_with_weights_in(location).SerializeToString()
    path = tmp_path / "network.onnx"
    path.write_bytes(content.replace(b"\x08location", length + b"location"))
    with pytest.raises(BundleError, match=r"network\.onnx: keeps weights in other files; save it whole"):
        OnnxNetwork(path, threads=1)


def test_a_network_in_the_format_of_the_runtime_itself_is_refused(tmp_path: Path) -> None:
    """Only ONNX is taken, whatever a file says that it is."""
    path = tmp_path / "network.onnx"
    path.write_bytes(b"\x18\0\0\0ORTM" + bytes(100))
    with pytest.raises(BundleError, match=r"network\.onnx: ONNX Runtime refuses it"):
        OnnxNetwork(path, threads=1)
