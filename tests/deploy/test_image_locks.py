"""The locks of the images hold what the images' extras need, in the versions that the tests run with."""

import re
from pathlib import Path

import pytest
from packaging.markers import Marker, default_environment
from packaging.utils import canonicalize_name

from ecg_testing.documented import ROOT
from ecg_testing.requirements import needed

CONTAINERS = ROOT / "deploy" / "container"
LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\]+))?", re.MULTILINE)
# Where the images run.
IMAGE = default_environment() | {
    "python_version": "3.13",
    "python_full_version": "3.13.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
}

each_image = pytest.mark.parametrize(
    ("lock", "extras"),
    [("onnx.lock", {"cli", "onnx", "telemetry"}), ("tensorflow.lock", {"cli", "server", "telemetry"})],
)


def locked(path: Path) -> dict[str, str]:
    """Return the version of each package that a lock has for the images."""
    found = LOCKED.finditer(path.read_text("utf-8"))
    applying = [one for one in found if not one["marker"] or Marker(one["marker"].strip()).evaluate(dict(IMAGE))]
    return {canonicalize_name(one["name"]): one["version"] for one in applying}


@each_image
def test_a_lock_has_what_its_extras_need_and_no_more(lock: str, extras: set[str]) -> None:
    """In versions that will do."""
    versions = locked(CONTAINERS / lock)
    wanted = needed(extras, IMAGE)
    assert set(versions) == set(wanted), "make lock"
    assert all(versions[name] in specifier for name, specifier in wanted.items()), "make lock"


@pytest.mark.parametrize("lock", ["build.lock", "onnx.lock", "tensorflow.lock"])
def test_the_images_have_the_versions_that_are_tested(lock: str) -> None:
    """Those of requirements.lock."""
    tested = locked(ROOT / "requirements.lock")
    for name, version in locked(CONTAINERS / lock).items():
        assert tested.get(name) == version, f"{name}: make lock"


@pytest.mark.parametrize("lock", ["build.lock", "onnx.lock", "tensorflow.lock"])
def test_every_package_has_its_hashes(lock: str) -> None:
    """One at least."""
    text = (CONTAINERS / lock).read_text("utf-8")
    for entry in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        assert entry.startswith("#") or not entry or "--hash=sha256:" in entry
