"""Whether the uncertainty orders the errors: what happens when only the most certain recordings are answered.

Geifman, Uziel and El-Yaniv, Bias-reduced uncertainty estimation for deep neural classifiers, ICLR 2019: the area under
the risk-coverage curve. Risk is the share of wrong class decisions.
"""

import numpy as np

from ecg_evaluation.arrays import AnyFloats, Flags, Floats, Weights


def risk_coverage_areas(uncertainty: AnyFloats, risk: Floats, weights: Weights) -> Floats:
    """Return the mean, over all coverages, of the risk of the most certain recordings [weighting]: less is better.

    Args:
        uncertainty: shape [recording]. Among recordings of equal uncertainty every order is as likely.
        risk: of answering each recording, 0 to 1, shape [recording].
        weights: how often each recording was drawn, shape [weighting, recording].
    """
    order = np.argsort(uncertainty, kind="stable")
    starts = np.flatnonzero(np.diff(uncertainty[order], prepend=-np.inf))
    drawn = weights[:, order].astype(np.float64)
    counts, risks = (np.add.reduceat(each, starts, axis=1) for each in (drawn, drawn * risk[order]))
    after = np.cumsum(counts, axis=1)
    before, risks_before = after - counts, np.cumsum(risks, axis=1) - risks
    means = np.divide(risks, counts, out=np.zeros_like(risks), where=counts > 0)
    # From `before` to `after` the risk of the first k is (risks_before + (k - before) * mean) / k: their sum is one of
    # harmonic numbers.
    harmonic = np.concatenate([[0], np.cumsum(1 / np.arange(1, after.max() + 1))])
    rise = harmonic[after.astype(np.int64)] - harmonic[before.astype(np.int64)]
    areas: Floats = (risks + (risks_before - before * means) * rise).sum(axis=1) / after[:, -1]
    return areas


def keep_most_certain(uncertainty: AnyFloats, share: float, weights: Weights) -> Weights:
    """Return the weights that are left in each weighting when this share of it, the most certain, is answered.

    Args:
        uncertainty: shape [recording]. Of recordings of equal uncertainty the first are kept.
        share: 0 to 1.
        weights: how often each recording was drawn, shape [weighting, recording].
    """
    order = np.argsort(uncertainty, kind="stable")
    drawn = weights[:, order]
    through = np.cumsum(drawn, axis=1)
    kept = np.empty_like(weights)
    kept[:, order] = np.clip(np.round(share * through[:, -1:]) - (through - drawn), 0, drawn)
    return kept


def most_certain(uncertainty: AnyFloats, share: float) -> Flags:
    """Return which recordings [recording] are kept when this share, the most certain, is answered."""
    once = np.ones((1, len(uncertainty)), dtype=np.float32)
    kept: Flags = keep_most_certain(uncertainty, share, once)[0] > 0
    return kept
