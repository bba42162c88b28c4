"""Missing and broken models: one line that names the file and says what is wrong, and exit status 1."""

import json
import re
import shutil
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ecg_model.bundle import SHIPPED_BUNDLES
from ecg_model.errors import BundleError
from ecg_model.keras_file import sha256_of
from ecg_model.loading import Runtime, load_classifier
from ecg_server.__main__ import main
from ecg_server.server import warm_up
from ecg_testing.golden import KERAS_3


def failure(model: Path | str, capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    """Return the one line with which a server gives up."""
    assert main(["--port", "0", "--model", str(model), *flags]) == 1
    error = capsys.readouterr().err
    assert re.fullmatch(r"ecg-server: [^\n]+\n", error)
    return error


def write_keras(path: Path, **parts: str) -> Path:
    """Write a zip archive with these parts."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "."), text)
    return path


def copy_bundle(folder: Path) -> Path:
    """Return a copy of the shipped bundle, to be spoilt."""
    shutil.copytree(SHIPPED_BUNDLES / "reference", folder / "copy")
    return folder / "copy"


def edit_manifest(bundle: Path, change: Callable[[Any], None]) -> None:
    """Change a bundle's manifest."""
    path = bundle / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_a_missing_model_is_named_and_the_shipped_ones_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A path or a name that is neither file nor folder nor bundle."""
    error = failure("nowhere/network.keras", capsys)

    assert "nowhere/network.keras" in error
    assert "reference" in error


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (None, "no zip archive"),
        ({"other": "{}"}, "metadata.json"),
        ({"metadata__json": "{"}, "metadata.json"),
        ({"metadata__json": "{}"}, "metadata.json"),
    ],
    ids=["no zip", "no metadata", "metadata that is no JSON", "metadata without a version"],
)
def test_a_file_that_is_no_keras_file_is_named(
    parts: dict[str, str] | None, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Found out before TensorFlow is imported."""
    path = tmp_path / "broken.keras"
    if parts is None:
        path.write_text("not a model")
    else:
        write_keras(path, **parts)
    error = failure(path, capsys)

    assert str(path) in error
    assert problem in error


@pytest.mark.parametrize("version", ["2.15.0", "3.15.1"])
def test_a_keras_file_that_keras_refuses_is_named(
    version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever Keras has to say comes in one line."""
    metadata = json.dumps({"keras_version": version})
    path = write_keras(tmp_path / "broken.keras", metadata__json=metadata, config__json='{"class_name": "What"}')

    assert f"{path}: Keras cannot open it: " in failure(path, capsys)


def test_a_truncated_keras_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A download that broke off."""
    path = tmp_path / "half.keras"
    path.write_bytes(KERAS_3.read_bytes()[:400_000])

    assert str(path) in failure(path, capsys)


def test_a_network_of_another_shape_is_named_with_the_shapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what shapes it found and what shapes it needs."""
    import keras  # noqa: PLC0415 - heavy, and needed here only

    path = tmp_path / "other.keras"
    tensor = keras.Input((7,), name="X_inputs")
    keras.Model([tensor], keras.layers.Dense(5)(tensor)).save(path)
    error = failure(path, capsys)

    assert str(path) in error
    assert "[(None, 7)]" in error
    assert "(None, 1000, 12)" in error


def _without_network(bundle: Path) -> str:
    (bundle / "network.keras").unlink()
    return "network.keras"


def _with_another_network(bundle: Path) -> str:
    shutil.copyfile(KERAS_3, bundle / "network.keras")
    return "network.keras"


def _with_another_onnx_form(bundle: Path) -> str:
    (bundle / "network.onnx").write_bytes(b"another")
    return "network.onnx"


def _with_a_broken_onnx_form(bundle: Path) -> str:
    digest = sha256_of(bundle / _with_another_onnx_form(bundle))
    edit_manifest(bundle, lambda manifest: manifest.update(onnx_sha256=digest))
    return "network.onnx"


def _without_golden_recordings(bundle: Path) -> str:
    (bundle / "golden.npz").unlink()
    return "golden.npz"


def _with_golden_recordings_of_another_network(bundle: Path) -> str:
    with np.load(bundle / "golden.npz") as golden:
        arrays = dict(golden)
    np.savez(bundle / "golden.npz", **{**arrays, "probabilities": arrays["probabilities"] + np.float32(1e-3)})
    return "network.onnx"


def _without_manifest(bundle: Path) -> str:
    (bundle / "manifest.json").unlink()
    return "manifest.json"


def _with_a_manifest_that_is_no_json(bundle: Path) -> str:
    (bundle / "manifest.json").write_text("{")
    return "manifest.json"


def _with_a_manifest_without_classes(bundle: Path) -> str:
    edit_manifest(bundle, lambda manifest: manifest.pop("classes"))
    return "manifest.json: is not a manifest: classes"


def _with_an_unknown_lead(bundle: Path) -> str:
    edit_manifest(bundle, lambda manifest: manifest["input"]["lead_names"].__setitem__(0, "V7"))
    return "manifest.json: is not a manifest: input.lead_names.0"


SPOILT_BUNDLES = [
    _without_network,
    _with_another_network,
    _with_another_onnx_form,
    _with_a_broken_onnx_form,
    _without_golden_recordings,
    _with_golden_recordings_of_another_network,
    _without_manifest,
    _with_a_manifest_that_is_no_json,
    _with_a_manifest_without_classes,
    _with_an_unknown_lead,
]


@pytest.mark.parametrize("spoil", SPOILT_BUNDLES, ids=lambda spoil: spoil.__name__.strip("_"))
def test_a_spoilt_bundle_is_named_with_the_file(
    spoil: Callable[[Path], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names the file inside the bundle that is missing or wrong."""
    bundle = copy_bundle(tmp_path)
    expected = spoil(bundle)

    assert f"{bundle}/{expected}" in failure(bundle, capsys)


@pytest.mark.parametrize(
    ("change", "runtime"),
    [
        (lambda manifest: manifest["input"].update(metadata_input="nobody"), Runtime.TENSORFLOW),
        (lambda manifest: manifest["input"].update(sample_count=500), Runtime.TENSORFLOW),
        (lambda manifest: manifest["input"].update(sample_count=500), Runtime.ONNX),
        (lambda manifest: manifest["input"]["metadata"].pop(), Runtime.ONNX),
        (lambda manifest: manifest["input"]["metadata"][0].update(name="shoe_size"), Runtime.ONNX),
        (lambda manifest: manifest["classes"].pop(), Runtime.ONNX),
    ],
    ids=["an input", "a length (TensorFlow)", "a length", "six features", "an unknown feature", "four classes"],
)
def test_a_manifest_that_does_not_fit_its_network_is_refused(
    change: Callable[[Any], None], runtime: Runtime, tmp_path: Path
) -> None:
    """Each part is well-formed, but they do not belong together: found out before the server says SERVING."""
    bundle = copy_bundle(tmp_path)
    edit_manifest(bundle, change)

    with pytest.raises(BundleError, match=re.escape(str(bundle))):
        warm_up(load_classifier(str(bundle), runtime), largest_batch=1)


def test_a_port_in_use_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the address and the reason, before any model is loaded."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        error = failure("reference", capsys, "--port", str(port))

    assert f"127.0.0.1:{port}" in error
    assert "in use" in error


def test_an_address_of_another_machine_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """192.0.2.1 is nobody's: it is reserved for documentation."""
    assert "192.0.2.1:0" in failure("reference", capsys, "--host", "192.0.2.1")
