"""What a manifest may say, and that it comes back as it was written."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ecg_model.bundle import KERAS_FILE, SHIPPED_BUNDLES, read_bundle, shipped_bundle_names, write_manifest
from ecg_model.keras_file import sha256_of
from ecg_model.manifest import AbstentionRule, Calibration, LeadRange, Manifest, OperatingPoint
from ecg_model.recording import LeadName
from ecg_testing.fakes import fake_manifest

RANGES = tuple(LeadRange(name=name, deviation_mv=(0.03, 1.9), step_deviation_mv=(0.01, 0.4)) for name in LeadName)


def point(name: str = "f1", count: int = 5) -> OperatingPoint:
    """Return an operating point."""
    return OperatingPoint(name=name, description="as a test likes it", thresholds=(0.25,) * count)


def full_manifest() -> Manifest:
    """Return a manifest with all that concerns what a probability means."""
    manifest = fake_manifest()
    return replace(
        manifest,
        classes=tuple(replace(one, calibration=Calibration(slope=0.8, intercept=-0.1)) for one in manifest.classes),
        operating_points=(point(), point("sensitivity-90")),
        abstention=AbstentionRule(greatest_uncertainty=0.625, lead_ranges=RANGES),
    )


@pytest.mark.parametrize("manifest", [fake_manifest(), full_manifest()], ids=["bare", "full"])
def test_a_manifest_is_read_as_it_was_written(manifest: Manifest, tmp_path: Path) -> None:
    """Calibration, operating points and abstention included."""
    (tmp_path / KERAS_FILE).write_bytes(b"weights")
    written = replace(manifest, sha256=sha256_of(tmp_path / KERAS_FILE))
    write_manifest(written, tmp_path)

    assert read_bundle(tmp_path).manifest == written


@pytest.mark.parametrize("name", shipped_bundle_names())
def test_a_shipped_manifest_is_as_the_program_writes_it(name: str, tmp_path: Path) -> None:
    """To the byte, so that a bundle made anew differs only where the model does."""
    write_manifest(read_bundle(SHIPPED_BUNDLES / name).manifest, tmp_path)

    assert (tmp_path / "manifest.json").read_bytes() == (SHIPPED_BUNDLES / name / "manifest.json").read_bytes()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"operating_points": ()}, "at least one"),
        ({"operating_points": (point(), point())}, "a name of its own"),
        ({"operating_points": (point(), point("four", 4))}, "four must have one threshold for each class"),
        ({"abstention": AbstentionRule(greatest_uncertainty=0.5, lead_ranges=RANGES[1:])}, "one range for each lead"),
        ({"abstention": AbstentionRule(greatest_uncertainty=0.5, lead_ranges=RANGES[::-1])}, "in its order"),
    ],
    ids=["none", "twice", "four thresholds", "eleven leads", "another order"],
)
def test_parts_that_do_not_fit_each_other_are_refused(change: dict[str, Any], problem: str) -> None:
    """Every operating point has its thresholds, and every lead its range."""
    with pytest.raises(ValueError, match=problem):
        replace(full_manifest(), **change)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_is_from_0_to_1(threshold: float) -> None:
    """Any other would make every probability a finding, or none."""
    with pytest.raises(ValueError, match=rf"thresholds of f1 must be from 0 to 1, not \(0\.5, {threshold}\)"):
        OperatingPoint(name="f1", description="", thresholds=(0.5, threshold))


def test_an_operating_point_has_a_name() -> None:
    """An operator has to call it something."""
    with pytest.raises(ValueError, match="needs a name"):
        point("")


@pytest.mark.parametrize("limits", [(-1.0, 1.0), (2.0, 1.0), (0.0, float("inf")), (float("nan"), 1.0)])
def test_a_range_begins_with_its_least_value(limits: tuple[float, float]) -> None:
    """Both ends are from 0 on, and finite."""
    with pytest.raises(ValueError, match=f"range of aVR .*, not {limits[0]} to {limits[1]}"):
        LeadRange(name=LeadName.AVR, deviation_mv=limits, step_deviation_mv=(0, 1))
    with pytest.raises(ValueError, match="range of aVR"):
        LeadRange(name=LeadName.AVR, deviation_mv=(0, 1), step_deviation_mv=limits)


@pytest.mark.parametrize("greatest", [-0.1, 1.1, float("nan")])
def test_an_uncertainty_is_from_0_to_1(greatest: float) -> None:
    """So is the greatest that is allowed."""
    with pytest.raises(ValueError, match=f"greatest_uncertainty must be from 0 to 1, not {greatest}"):
        AbstentionRule(greatest_uncertainty=greatest)
