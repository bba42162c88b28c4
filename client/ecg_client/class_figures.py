"""The figures of one class, of recordings that may count several times each.

Average precision is as scikit-learn defines it, without interpolation. In NumPy, not by scikit-learn: for intervals the
figures are computed of a thousand resamples, which takes that a minute or more and this a second.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class ClassColumn:
    """What is known, and what was said, of one class in the recordings where it is known; in falling probability.

    Attributes:
        places: The position of each recording among all that are weighted.
        shows: Whether a recording shows the class.
        is_finding: Whether the service says so at its threshold.
        step_ends: The last recording of each run of equal probabilities.
    """

    places: npt.NDArray[np.intp]
    shows: Flags
    is_finding: Flags
    step_ends: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls, places: Sequence[int], shows: Sequence[int], probabilities: Sequence[float], is_finding: Sequence[bool]
    ) -> "ClassColumn":
        """Makes one of the recordings in any order."""
        falling = np.argsort(-np.array(probabilities, dtype=float), kind="stable")
        return cls(
            np.array(places, dtype=np.intp)[falling],
            np.array(shows, dtype=bool)[falling],
            np.array(is_finding, dtype=bool)[falling],
            np.flatnonzero(np.diff(np.array(probabilities, dtype=float)[falling], append=-np.inf)),
        )

    def figures(self, weights: npt.NDArray[np.integer]) -> Numbers:
        """Returns AUC, average precision, sensitivity, specificity, PPV and F1; not-a-number where one does not exist.

        Args:
            weights: How often each recording counts, shape [recording].
        """
        own = weights[self.places].astype(float)
        positives, negatives = own * self.shows, own * ~self.shows
        positive, negative = positives.sum(), negatives.sum()
        hit, alarm = positives[self.is_finding].sum(), negatives[self.is_finding].sum()
        # What is found, rightly and falsely, as the threshold falls to the end of each step.
        hits, alarms = np.cumsum(positives)[self.step_ends], np.cumsum(negatives)[self.step_ends]
        new_hits, new_alarms = np.diff(hits, prepend=0.0), np.diff(alarms, prepend=0.0)
        # Of pairs with equal probabilities, half count as in the right order.
        right_pairs = (new_alarms * (hits - new_hits / 2)).sum()
        precision = hits / np.maximum(hits + alarms, 1)
        return np.array(
            (
                _share(right_pairs, positive * negative),
                _share((new_hits * precision).sum(), positive),
                _share(hit, positive),
                _share(negative - alarm, negative),
                _share(hit, hit + alarm),
                _share(2 * hit, positive + hit + alarm),
            )
        )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else np.nan
