"""The bundle that the servers watch: new versions of it, and broken ones."""

import shutil
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from ecg_model.bundle import ONNX_FILE, SHIPPED_BUNDLES, read_bundle, write_manifest
from ecg_model.manifest import ClassSpecification

_STABLE, _CANARY = SHIPPED_BUNDLES / "reference", SHIPPED_BUNDLES / "ensemble"


class Model(StrEnum):
    """What may answer. The first two take turns: one network in two calibrations, so that an answer tells them apart.

    One network, so that the memory of a server does not depend on which of the two it serves.
    """

    PLAIN = "plain"
    TILTED = "tilted"
    CANARY = "canary"


@dataclass(frozen=True, slots=True)
class BundleFolder:
    """A folder of bundles, and in it the link "stable" to that which is to be served.

    Attributes:
        folder: where.
    """

    folder: Path

    @property
    def stable(self) -> Path:
        """What the servers are given for their model."""
        return self.folder / "stable"

    @property
    def canary(self) -> Path:
        """What they are given beside it."""
        return _CANARY

    def publish(self, number: int, model: Model) -> str:
        """Put a new version in the place of the one before; return its name."""
        version = f"{number}.{model}"
        bundle = read_bundle(shutil.copytree(_STABLE, self.folder / version))
        classes = bundle.manifest.classes
        if model is Model.TILTED:
            classes = tuple(_tilted(one) for one in classes)
        write_manifest(replace(bundle.manifest, version=version, classes=classes), bundle.folder)
        self._link(version)
        return version

    def publish_broken(self, number: int) -> None:
        """Put one in its place whose network is not the one that its manifest describes."""
        name = f"{number}.broken"
        bundle = read_bundle(shutil.copytree(_STABLE, self.folder / name))
        write_manifest(replace(bundle.manifest, version=name), bundle.folder)
        content = bytearray((bundle.folder / ONNX_FILE).read_bytes())
        content[len(content) // 2] ^= 1
        (bundle.folder / ONNX_FILE).write_bytes(content)
        self._link(name)

    def publish_again(self, version: str) -> None:
        """Put an earlier version back."""
        self._link(version)

    def _link(self, name: str) -> None:
        # In one step, as an operator should: at no moment is there half a bundle.
        new = self.folder / "new"
        new.symlink_to(name)
        new.replace(self.stable)
        for other in self.folder.iterdir():
            if other.is_dir() and not other.is_symlink() and _number(other.name) < _number(name) - 2:
                shutil.rmtree(other)


def model_of(version: str, model_version: str) -> Model | None:
    """Return which model a version is that answered a call for `model_version`; None: none that may answer it."""
    if model_version == Model.CANARY:
        return Model.CANARY if version == _canary_version() else None
    _, _, name = version.partition(".")
    return Model(name) if name in {Model.PLAIN, Model.TILTED} else None


@cache
def _canary_version() -> str:
    return read_bundle(_CANARY).manifest.version


def _tilted(one: ClassSpecification) -> ClassSpecification:
    return replace(one, calibration=replace(one.calibration, intercept=one.calibration.intercept + 0.5))


def _number(name: str) -> int:
    return int(name.partition(".")[0])
