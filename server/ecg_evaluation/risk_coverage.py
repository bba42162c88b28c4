"""Whether the uncertainty orders the errors: what happens when only the most certain recordings are answered.

Geifman, Uziel and El-Yaniv, Bias-reduced uncertainty estimation for deep neural classifiers, ICLR 2019: the area under
the risk-coverage curve. Risk is the share of wrong class decisions.
"""

import numpy as np

from ecg_evaluation.arrays import Flags, Floats


def risk_coverage_area(uncertainty: Floats, risk: Floats) -> float:
    """Return the mean, over all coverages, of the risk of the most certain recordings: 0 to 1, less is better.

    Args:
        uncertainty: shape [recording]. Among recordings of equal uncertainty every order is as likely.
        risk: of answering each recording, 0 to 1, shape [recording].
    """
    order = np.argsort(uncertainty, kind="stable")
    _, tie, sizes = np.unique(uncertainty[order], return_inverse=True, return_counts=True)
    expected = (np.bincount(tie, weights=risk[order]) / sizes)[tie]
    return float((np.cumsum(expected) / np.arange(1, len(risk) + 1)).mean())


def most_certain(uncertainty: Floats, share: float) -> Flags:
    """Return which recordings [recording] are kept when this share, the most certain, is answered."""
    kept = np.zeros(len(uncertainty), dtype=np.bool_)
    kept[np.argsort(uncertainty, kind="stable")[: round(share * len(uncertainty))]] = True
    return kept
