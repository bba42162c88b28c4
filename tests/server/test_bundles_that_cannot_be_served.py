"""Spoilt bundles: one line that names the file and says what is wrong, and exit status 1."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ecg_model.bundle import SHIPPED_BUNDLES
from ecg_model.errors import BundleError
from ecg_model.keras_file import sha256_of
from ecg_model.loading import Runtime, load_classifier
from ecg_server.server import warm_up
from ecg_server.settings import BatchingSettings
from ecg_testing.failures import failure
from ecg_testing.golden import KERAS_3


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


def _without_an_operating_point(bundle: Path) -> str:
    edit_manifest(bundle, lambda manifest: manifest.update(operating_points=[]))
    return "manifest.json: is not a manifest: the file: Value error, operating_points needs at least one"


def _with_four_thresholds(bundle: Path) -> str:
    edit_manifest(bundle, lambda manifest: manifest["operating_points"][0]["thresholds"].pop())
    return "manifest.json: is not a manifest: the file: Value error, operating point f1 must have one threshold"


def _with_a_calibration_that_turns_the_order_round(bundle: Path) -> str:
    edit_manifest(bundle, lambda manifest: manifest["classes"][2]["calibration"].update(slope=-1))
    return "manifest.json: is not a manifest: classes.2.calibration: Value error, slope must be above 0"


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
    _without_an_operating_point,
    _with_four_thresholds,
    _with_a_calibration_that_turns_the_order_round,
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
        warm_up(load_classifier(str(bundle), runtime), BatchingSettings(largest_batch=1))
