"""Whether a probability of 0.3 means three in ten: the expected calibration error, and its floor.

Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015; bins of equal
mass after Nguyen and O'Connor, EMNLP 2015. The error is above 0 even for perfect probabilities, because each bin holds
a few dozen outcomes: what chance alone gives is simulated, and belongs beside every measured figure. The idea of the
simulated band: Bröcker and Smith, Increasing the reliability of reliability diagrams, 2007.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecg_evaluation.arrays import Flags, Floats

BINS = 15
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class EqualMassBins:
    """Probabilities of one class in bins that hold equally many of them.

    Attributes:
        probabilities: 0 to 1, shape [recording].
        membership: 1 where a recording lies in a bin, else 0, shape [recording, bin]; no bin is empty.
    """

    probabilities: Floats
    membership: Floats

    @property
    def counts(self) -> Floats:
        """Recordings in each bin, shape [bin]."""
        counts: Floats = self.membership.sum(axis=0)
        return counts

    def means(self, values: Floats) -> Floats:
        """Return the mean of values [..., recording] in each bin, shape [..., bin]."""
        means: Floats = values @ self.membership / self.counts
        return means

    def error(self, labels: Floats) -> Floats:
        """Return the calibration error [...] of labels [..., recording], 0 to 1.

        The mean over recordings of the distance, in their bin, between mean probability and share with the class.
        """
        distances = np.abs(self.means(labels) - self.means(self.probabilities))
        errors: Floats = distances @ self.counts / len(self.probabilities)
        return errors


def equal_mass_bins(probabilities: Floats, count: int = BINS) -> EqualMassBins:
    """Return bins that differ by one recording at most, unless probabilities are equal: those share a bin."""
    inner_edges = np.quantile(probabilities, np.linspace(0, 1, count + 1)[1:-1])
    occupied, bin_of = np.unique(np.searchsorted(inner_edges, probabilities, side="right"), return_inverse=True)
    return EqualMassBins(probabilities, np.eye(len(occupied))[bin_of])


def calibration_error(labels: Flags, probabilities: Floats) -> float:
    """Return the expected calibration error of one class, 0 to 1, over 15 bins of equal mass."""
    return float(equal_mass_bins(probabilities).error(labels.astype(np.float64)))


def simulate_labels(probabilities: Floats, seed: int | Sequence[int], draws: int = DRAWS) -> Floats:
    """Return labels [draw, recording], 0 or 1, as they would be if the probabilities were exactly right."""
    uniform = np.random.default_rng(seed).random((draws, len(probabilities)))
    return (uniform < probabilities).astype(np.float64)
