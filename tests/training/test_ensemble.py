"""Several networks as one: its probabilities are the mean of theirs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ecg_model.bundle import SHIPPED_BUNDLES, Bundle, read_bundle
from ecg_model.errors import BundleError
from ecg_model.keras_file import InputNames, load_keras
from ecg_model.recording import FloatArray
from ecg_model.tensorflow_network import TensorFlowNetwork
from ecg_testing.ptbxl_folder import write_ptbxl_folder
from ecg_training.__main__ import main
from ecg_training.ensemble import combine, record_of

NAMES = InputNames(metadata="X_inputs", signal="Y_inputs")
REFERENCE = SHIPPED_BUNDLES / "reference"
ENSEMBLE = SHIPPED_BUNDLES / "ensemble"


def answers(model: object) -> FloatArray:
    """Return what a network says of some noise."""
    random = np.random.default_rng(0)
    metadata = random.uniform(0, 90, size=(6, 7)).astype(np.float32)
    return TensorFlowNetwork(model, NAMES)(metadata, random.normal(size=(6, 1000, 12)).astype(np.float32))


def test_the_probabilities_are_the_mean_of_the_members() -> None:
    """Of two networks that say different things."""
    bundles = [read_bundle(folder) for folder in (REFERENCE, ENSEMBLE)]
    one, other = (answers(load_keras(bundle.keras_path)) for bundle in bundles)

    assert np.abs(one - other).max() > 0.01
    np.testing.assert_allclose(answers(combine(bundles)), (one + other) / 2, atol=1e-6)


def test_the_record_names_every_member() -> None:
    """With its version, its digest, and how it was trained."""
    reference = read_bundle(REFERENCE).manifest
    record = record_of([read_bundle(REFERENCE)])

    assert record["reference"] == f"{reference.version}, SHA-256 {reference.sha256}"
    assert record["reference_epochs"] == reference.training["epochs"]


def test_networks_that_take_different_inputs_are_refused() -> None:
    """A member that has learned other means for unknown values would be told wrong ones."""
    bundle = read_bundle(REFERENCE)
    first, *rest = bundle.manifest.input.metadata
    other_input = replace(bundle.manifest.input, metadata=(replace(first, imputed=first.imputed + 1), *rest))

    with pytest.raises(BundleError, match="takes another input"):
        combine([bundle, Bundle(bundle.folder, replace(bundle.manifest, input=other_input))])


def test_bundles_become_one_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is trained; the bundle is calibrated, exported and served like any other."""
    folder = write_ptbxl_folder(tmp_path / "ptbxl", count=90)
    output = tmp_path / "twice"
    status = main([str(folder), "--combine", str(REFERENCE), str(ENSEMBLE), "--output", str(output)])

    made = read_bundle(output).manifest
    assert status == 0
    assert "epoch" not in capsys.readouterr().err
    assert made.summary.parameter_count == sum(
        read_bundle(one).manifest.summary.parameter_count for one in (REFERENCE, ENSEMBLE)
    )
    assert [layer.name for layer in made.summary.layers][2:] == ["reference", "ensemble", "probabilities"]
