"""Any bytes as the manifest of a bundle, or as its golden recordings."""

import contextlib
import functools
from collections.abc import Sequence

from ecg_model.bundle import GOLDEN_FILE, MANIFEST_FILE, SHIPPED_BUNDLES, read_bundle
from ecg_model.errors import BundleError
from ecg_model.golden import GoldenSet, read_golden_set, write_golden_set
from ecg_model.manifest import Manifest
from fuzzing.targets.files import put


def test_one_input(data: bytes) -> None:
    """Read a manifest or golden recordings; there is no network, which is found out last."""
    with contextlib.suppress(BundleError):
        if data[:1] in (b"P", b"\x93"):
            read_golden_set(put(GOLDEN_FILE, data), _manifest())
        else:
            read_bundle(put(f"bundle/{MANIFEST_FILE}", data).parent)


@functools.cache
def _manifest() -> Manifest:
    return read_bundle(SHIPPED_BUNDLES / "reference").manifest


def seeds() -> Sequence[bytes]:
    """Return a manifest that ships, without its longest parts, and one golden recording."""
    path = put(GOLDEN_FILE, b"")
    golden = read_golden_set(SHIPPED_BUNDLES / "reference" / GOLDEN_FILE, _manifest())
    write_golden_set(GoldenSet(golden.metadata[:1], golden.signal[:1] * 0, golden.probabilities[:1]), path)
    manifest = (SHIPPED_BUNDLES / "reference" / MANIFEST_FILE).read_bytes()
    start, end = manifest.index(b'"layers": ['), manifest.index(b'"parameter_count": 185')
    return [path.read_bytes(), manifest, manifest[:start] + b'"layers": [], ' + manifest[end:]]
