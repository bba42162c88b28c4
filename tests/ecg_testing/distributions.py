"""The sdist and the wheel, and what they hold."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.metadata import Metadata

from ecg_testing.documented import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"][
    "wheel"
]["packages"]


@dataclass(frozen=True)
class Distributions:
    """What is published.

    Attributes:
        sdist: the archive of sources.
        wheel: what is installed, built from that archive.
    """

    sdist: Path
    wheel: Path

    @cached_property
    def sdist_names(self) -> set[str]:
        """The files in the sdist, below its one folder."""
        with tarfile.open(self.sdist) as archive:
            paths = [PurePosixPath(one.name) for one in archive.getmembers() if one.isfile()]
        assert {path.parts[0] for path in paths} == {f"ecg_classifier-{PROJECT['version']}"}
        return {str(PurePosixPath(*path.parts[1:])) for path in paths}

    @cached_property
    def wheel_names(self) -> set[str]:
        """The files in the wheel that are no description of it."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {name for name in archive.namelist() if not name.startswith(self._description)}

    @property
    def _description(self) -> str:
        return f"ecg_classifier-{PROJECT['version']}.dist-info/"

    def described(self, name: str) -> bytes:
        """Return a file of the wheel's description, such as METADATA."""
        with zipfile.ZipFile(self.wheel) as archive:
            return archive.read(self._description + name)

    @cached_property
    def metadata(self) -> Metadata:
        """What the wheel says of itself; it must be valid."""
        return Metadata.from_email(self.described("METADATA"), validate=True)


def build(folder: Path) -> Distributions:
    """Build the sdist, and the wheel from the sdist, as whoever publishes them does."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603 - our own
    assert built.returncode == 0, built.stdout + built.stderr
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return Distributions(sdist, wheel)
