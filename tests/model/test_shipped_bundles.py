"""The bundles that ship: what they say is pinned, whatever else changes, and so is what they promise to be."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from ecg_model.bundle import DEFAULT_BUNDLE, SHIPPED_BUNDLES, read_bundle, shipped_bundle_names
from ecg_model.classifier import Classifier
from ecg_model.keras_file import load_keras
from ecg_model.loading import Runtime, load_classifier
from ecg_testing.shipped import probabilities_of, shipped_recordings

PINNED = json.loads((Path(__file__).parents[1] / "golden/shipped_probabilities.json").read_text(encoding="utf-8"))
MAXIMUM_BYTES = 12_000_000
MAXIMUM_PARAMETERS = 1_000_000


@pytest.fixture(scope="module", params=shipped_bundle_names())
def bundle_name(request: pytest.FixtureRequest) -> str:
    """Each shipped bundle."""
    return str(request.param)


@pytest.fixture(scope="module", params=list(Runtime))
def classifier(request: pytest.FixtureRequest, bundle_name: str) -> Classifier:
    """Each shipped bundle in each runtime."""
    return load_classifier(bundle_name, request.param)


def test_probabilities_are_pinned(classifier: Classifier) -> None:
    """Ten synthetic recordings get the probabilities that they always got, to 1e-4."""
    said = probabilities_of(classifier, shipped_recordings())

    np.testing.assert_allclose(said, PINNED[classifier.manifest.name], rtol=0, atol=1e-4)


def test_neighbours_in_a_batch_change_nothing(classifier: Classifier) -> None:
    """Alone, among others and among one's own copies: the same to 1e-5."""
    recordings = shipped_recordings()
    together = probabilities_of(classifier, recordings)
    turned = probabilities_of(classifier, recordings[::-1])[::-1]
    alone = [probabilities_of(classifier, [one])[0] for one in recordings]
    copies = [probabilities_of(classifier, [one] * 3)[1] for one in recordings]

    for others in (turned, alone, copies):
        np.testing.assert_allclose(others, together, rtol=0, atol=1e-5)


def test_the_default_and_the_reference_ship() -> None:
    """Both can be asked for by name."""
    assert {DEFAULT_BUNDLE, "reference"} <= set(shipped_bundle_names())


def test_a_bundle_is_small(bundle_name: str) -> None:
    """All its files together stay under 12 MB, and its network under a million parameters."""
    bundle = read_bundle(SHIPPED_BUNDLES / bundle_name)
    size = sum(path.stat().st_size for path in (SHIPPED_BUNDLES / bundle_name).iterdir())

    assert size < MAXIMUM_BYTES
    assert bundle.manifest.summary.parameter_count <= MAXIMUM_PARAMETERS


def test_a_network_needs_at_most_250_million_operations(bundle_name: str) -> None:
    """Counted are the multiplications and additions of its convolutions and dense layers, for one recording."""
    network = load_keras(read_bundle(SHIPPED_BUNDLES / bundle_name).keras_path)
    weighted = [layer for layer in network._flatten_layers() if type(layer).__name__ in {"Conv1D", "Dense"}]  # noqa: SLF001
    # Each weight of a kernel is used once for every sample that comes out.
    operations = sum(2 * math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:-1]) for layer in weighted)

    assert 80_000_000 < operations <= 250_000_000


def test_a_bundle_can_be_asked_for_every_purpose(bundle_name: str) -> None:
    """It is calibrated, knows when to abstain, and has the four operating points, the default first."""
    manifest = read_bundle(SHIPPED_BUNDLES / bundle_name).manifest

    assert [point.name for point in manifest.operating_points] == [
        "f1",
        "sensitivity-90",
        "sensitivity-95",
        "specificity-95",
    ]
    assert all(one.calibration.slope != 1 for one in manifest.classes)
    assert manifest.abstention is not None
    assert len(manifest.abstention.lead_ranges) == len(manifest.input.lead_names)
