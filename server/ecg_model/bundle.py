"""A bundle: a model on disk, as a folder.

    manifest.json   everything that is not weights, read into the frozen dataclasses of `ecg_model.manifest`
    network.keras   the network as Keras wrote it
    network.onnx    the same, derived from it, where there is one
    golden.npz      a few inputs with the probabilities that Keras gives them

Both networks are checked against their digests before anything is served.
"""

import functools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ecg_model.bounded_reading import read_bounded
from ecg_model.errors import BundleError
from ecg_model.keras_file import sha256_of
from ecg_model.manifest import Manifest

SHIPPED_BUNDLES = Path(__file__).parent / "bundles"
DEFAULT_BUNDLE = "ensemble"
MANIFEST_FILE = "manifest.json"
KERAS_FILE = "network.keras"
ONNX_FILE = "network.onnx"
GOLDEN_FILE = "golden.npz"
GREATEST_MANIFEST_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle on disk: its folder and what its manifest says."""

    folder: Path
    manifest: Manifest

    @property
    def keras_path(self) -> Path:
        """The network as Keras wrote it."""
        return self.folder / KERAS_FILE

    @property
    def onnx_path(self) -> Path:
        """The network for ONNX Runtime."""
        return self.folder / ONNX_FILE


def shipped_bundle_names() -> list[str]:
    """Return the names of the bundles inside this package."""
    return sorted(path.parent.name for path in SHIPPED_BUNDLES.glob(f"*/{MANIFEST_FILE}"))


def read_bundle(folder: Path) -> Bundle:
    """Return the bundle in a folder, its digest verified.

    Raises:
        BundleError: a file is missing, the manifest is wrong, or the network is not the one it describes.
    """
    bundle = Bundle(folder, _read_manifest(folder / MANIFEST_FILE))
    _verify_digest(bundle.keras_path, bundle.manifest.sha256)
    if bundle.manifest.onnx_sha256 is not None:
        _verify_digest(bundle.onnx_path, bundle.manifest.onnx_sha256)
    return bundle


def _verify_digest(path: Path, expected: str) -> None:
    if not path.is_file():
        raise BundleError(path, "there is no such file, but its manifest is there")
    digest = sha256_of(path)
    if digest != expected:
        raise BundleError(path, f"its SHA-256 is {digest}, but the manifest says {expected}")


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write `manifest.json` into a bundle's folder."""
    text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False)
    (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")


@functools.cache
def _manifest_type() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def _read_manifest(path: Path) -> Manifest:
    try:
        return _manifest_type().validate_json(read_bounded(path, GREATEST_MANIFEST_BYTES), extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BundleError(path, f"is not a manifest: {where}: {first['msg']}") from error
