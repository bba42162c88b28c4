"""The sdist has what it takes to build, test and deploy; the wheel has what is imported, and licences."""

import re
from pathlib import Path, PurePosixPath

from packaging.utils import parse_wheel_filename

from ecg_testing.distributions import PACKAGES, PROJECT, Distributions
from ecg_testing.documented import ROOT

TYPED = {"ecg/v1", *(Path(package).name for package in PACKAGES)} - {"ecg"}
# What a build, a test run or a tool leaves behind.
LEFT_BEHIND = {"__pycache__", ".mypy_cache", ".pytest_cache", ".venv", "build", "dist", "node_modules", "target"}


def test_the_wheel_has_the_packages_and_nothing_else(distributions: Distributions) -> None:
    """File by file what lies in their folders: data, styles and weights too, and no tests."""
    sources = [ROOT / package for package in PACKAGES]
    expected = {
        str(path.relative_to(source.parent))
        for source in sources
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert distributions.wheel_names == expected


def test_every_package_begins_with_the_projects_name(distributions: Distributions) -> None:
    """No `server`, no `tests` in anybody's site-packages."""
    assert all(name.startswith("ecg") for name in distributions.wheel_names)


def test_every_package_has_its_types(distributions: Distributions) -> None:
    """So that mypy looks into them."""
    assert {f"{package}/py.typed" for package in TYPED} <= distributions.wheel_names


def test_every_bundle_is_whole(distributions: Distributions) -> None:
    """With the attribution that its licence asks for."""
    for name in ("ensemble", "reference"):
        files = {Path(one).name for one in distributions.wheel_names if one.startswith(f"ecg_model/bundles/{name}/")}
        assert files >= {"ATTRIBUTION.md", "golden.npz", "manifest.json", "network.keras", "network.onnx"}


def test_the_metadata_is_valid_and_what_the_project_says(distributions: Distributions) -> None:
    """By the rules of the package index; the version has one place."""
    metadata = distributions.metadata
    assert (metadata.name, str(metadata.version)) == (PROJECT["name"], PROJECT["version"])
    assert str(metadata.requires_python) == PROJECT["requires-python"]
    assert metadata.license_expression == PROJECT["license"]
    assert set(metadata.provides_extra or ()) == set(PROJECT["optional-dependencies"])
    assert metadata.description_content_type == "text/markdown"
    assert "**Not a medical device.**" in (metadata.description or "")
    name, version, _, tags = parse_wheel_filename(distributions.wheel.name)
    assert (name, str(version), {str(tag) for tag in tags}) == (PROJECT["name"], PROJECT["version"], {"py3-none-any"})


def test_the_licences_travel_with_it(distributions: Distributions) -> None:
    """That of the code, and of what the weights were learned from."""
    files = distributions.metadata.license_files or []
    assert {PurePosixPath(one).name for one in files} == {"LICENSE", "ATTRIBUTION.md"}
    for one in files:
        assert distributions.described(f"licenses/{one}") == (ROOT / one).read_bytes()


def test_the_programs_are_there(distributions: Distributions) -> None:
    """And what they call is in the wheel."""
    points = distributions.described("entry_points.txt").decode()
    for name, target in PROJECT["scripts"].items():
        assert f"{name} = {target}" in points
        assert f"{target.partition(':')[0].replace('.', '/')}.py" in distributions.wheel_names
    assert {"ecg", "ecg-server"} <= PROJECT["scripts"].keys()


def test_the_sdist_can_be_built_tested_and_deployed(distributions: Distributions) -> None:
    """From what is in it alone."""
    needed = {
        ".dockerignore",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "deploy/container/onnx.Dockerfile",
        "deploy/kubernetes/base/kustomization.yaml",
        "docs/operations.md",
        "protos/ecg/v1/ecg_service.proto",
        "pyproject.toml",
        "requirements.lock",
        "tests/conftest.py",
    }
    assert needed <= distributions.sdist_names


def test_the_sdist_has_nothing_that_was_left_behind(distributions: Distributions) -> None:
    """Nor where and how it was made."""
    for name in distributions.sdist_names:
        assert not LEFT_BEHIND & set(PurePosixPath(name).parts), name
        assert not re.match(r"\.(?!dockerignore|gitignore)", name), name
