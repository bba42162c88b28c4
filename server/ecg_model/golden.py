"""Golden recordings: a few inputs with the probabilities that Keras gives them, kept in every bundle.

Whatever runs a bundle's network has to give the same, or it is not that network.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from ecg_model.bounded_reading import read_arrays
from ecg_model.classifier import Network
from ecg_model.errors import BundleError
from ecg_model.manifest import InputSpecification, Manifest
from ecg_model.recording import FloatArray

TOLERANCE = 1e-5
# Of the file, and of each array in it.
GREATEST_BYTES = 1 << 24
_COUNT = 8


@dataclass(frozen=True, slots=True)
class GoldenSet:
    """Inputs of a network and its answers.

    Attributes:
        metadata: float32 [recording, feature].
        signal: float32 millivolts [recording, sample, lead].
        probabilities: float32 [recording, class], as Keras computes them.
    """

    metadata: FloatArray
    signal: FloatArray
    probabilities: FloatArray

    @classmethod
    def computed(cls, network: Network, metadata: FloatArray, signal: FloatArray) -> Self:
        """Return a golden set whose answers a trusted network computes now."""
        return cls(metadata, signal, network(metadata, signal))


def noise_inputs(specification: InputSpecification) -> tuple[FloatArray, FloatArray]:
    """Return metadata and signals for a network that came without golden recordings: always the same noise."""
    random = np.random.default_rng(0)
    metadata = random.uniform(0, 100, size=(_COUNT, len(specification.metadata)))
    signal = random.normal(size=(_COUNT, specification.sample_count, len(specification.lead_names)))
    return metadata.astype(np.float32), signal.astype(np.float32)


def write_golden_set(golden: GoldenSet, path: Path) -> None:
    """Write a golden set as an .npz file."""
    np.savez_compressed(path, metadata=golden.metadata, signal=golden.signal, probabilities=golden.probabilities)


def read_golden_set(path: Path, manifest: Manifest) -> GoldenSet:
    """Return the golden set in an .npz file.

    Args:
        path: the file.
        manifest: of the bundle it belongs to, whose inputs and classes it must have.

    Raises:
        BundleError: the file is missing, is none, is too large, or does not fit the manifest.
    """
    golden = GoldenSet(*read_arrays(path, ("metadata", "signal", "probabilities"), GREATEST_BYTES))
    _check_fit(golden, manifest, path)
    return golden


def _check_fit(golden: GoldenSet, manifest: Manifest, path: Path) -> None:
    specification = manifest.input
    of_manifest = (
        (len(specification.metadata),),
        (specification.sample_count, len(specification.lead_names)),
        (len(manifest.classes),),
    )
    of_golden = tuple(array.shape[1:] for array in (golden.metadata, golden.signal, golden.probabilities))
    if of_golden != of_manifest:
        raise BundleError(
            path,
            f"its metadata, signals and probabilities have the shapes {of_golden}; the manifest's are {of_manifest}",
        )


def verify(network: Network, golden: GoldenSet, path: Path) -> None:
    """Check that a network gives the probabilities of a golden set.

    Args:
        network: what to check.
        golden: what it must give.
        path: the network's file, for the error.

    Raises:
        BundleError: the network does not take such recordings, or a probability is off by more than 1e-5 or is not a
            number.
    """
    try:
        deviation = float(np.max(np.abs(network(golden.metadata, golden.signal) - golden.probabilities)))
    except Exception as error:  # each runtime has exceptions of its own
        raise BundleError(path, f"cannot classify the golden recordings: {error}") from error
    if not deviation <= TOLERANCE:
        raise BundleError(
            path, f"is off by {deviation:.1e} from Keras on the golden recordings; at most {TOLERANCE:.0e} is allowed"
        )
