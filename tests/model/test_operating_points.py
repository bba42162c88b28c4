"""Operating points by name: one network, thresholds for several purposes."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ecg_model.bundle import SHIPPED_BUNDLES, read_bundle, write_manifest
from ecg_model.errors import BundleError
from ecg_model.loading import load_classifier
from ecg_model.manifest import OperatingPoint
from ecg_testing.golden import KERAS_3

EAGER = OperatingPoint(name="eager", description="0.125 for every class", thresholds=(0.125,) * 5)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped bundle with its first operating point and another."""
    folder = tmp_path_factory.mktemp("bundles") / "copy"
    shutil.copytree(SHIPPED_BUNDLES / "reference", folder)
    manifest = read_bundle(folder).manifest
    write_manifest(replace(manifest, operating_points=(manifest.operating_points[0], EAGER)), folder)
    return folder


def test_unless_told_a_model_runs_at_its_first(bundle: Path) -> None:
    """The default of the shipped bundle is the one with the greatest F1."""
    assert load_classifier(str(bundle)).operating_point.name == "f1"


def test_a_model_runs_at_the_one_that_is_named(bundle: Path) -> None:
    """The network is the same, its thresholds are others."""
    assert load_classifier(str(bundle), operating_point="eager").operating_point == EAGER


def test_an_unknown_one_is_refused_with_those_that_there_are(bundle: Path) -> None:
    """One line, with the file that lists them."""
    with pytest.raises(BundleError, match=r"manifest\.json: has no operating point 'shy'; it has f1, eager"):
        load_classifier(str(bundle), operating_point="shy")


def test_a_bare_file_has_one(tmp_path: Path) -> None:
    """Called "default"; another is refused before the file is opened."""
    path = tmp_path / "no.keras"
    path.write_text("never opened")
    with pytest.raises(BundleError, match="has no operating point 'f1'; it has default"):
        load_classifier(str(path), operating_point="f1")
    assert load_classifier(str(KERAS_3), operating_point="default").operating_point.thresholds == (0.5,) * 5
