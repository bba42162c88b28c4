"""Figures of clean recordings after something was done to them: damage, or what should bring no warning."""

import numpy as np

from ecg_evaluation.arrays import Weights
from ecg_evaluation.ranking import roc_auc, threshold_curve
from ecg_evaluation.resampling import estimate
from ecg_evaluation.signal_quality.assessed import Assessed, assess_recordings
from ecg_evaluation.signal_quality.damages import Damage
from ecg_evaluation.signal_quality.figures import DamageFigures, HarmlessFigures
from ecg_evaluation.signal_quality.shares import rounded, share
from ecg_model.recording import FloatArray


def damage_figures(
    damage: Damage, signals: FloatArray, before: Assessed, weights: Weights, random: np.random.Generator
) -> DamageFigures:
    """Return how well one damage is found.

    Args:
        damage: what to inflict.
        signals: clean recordings, float32 millivolts [recording, sample, lead] at 100 Hz.
        before: their figures as they are.
        weights: theirs, for the figure itself and its resamples [1 + resample, recording].
        random: draws what is random about the damage.
    """
    changed, damaged = damage.inflict(signals, random)
    after = assess_recordings(changed)
    figures = [np.where(damaged, one.values[damage.code], -np.inf).max(axis=1) for one in (after, before)]
    labels = np.arange(2 * len(signals)) < len(signals)
    curve = threshold_curve(labels, np.concatenate(figures), np.concatenate([weights, weights], axis=1))
    return DamageFigures(
        damage=damage.name,
        strength=damage.strength,
        code=damage.code.name,
        auc=estimate(roc_auc(curve)),
        warned=rounded((after.warned(damage.code) & damaged).any(axis=1).mean()),
        masked=rounded((after.unusable & damaged).any(axis=1).mean()),
    )


def harmless_figures(name: str, after: Assessed, weights: Weights) -> HarmlessFigures:
    """Return how often recordings are warned of after a change that should bring no warning."""
    shares = {code: rounded(after.recordings_warned(code).mean()) for code in after.values}
    return HarmlessFigures(
        change=name,
        warned=share(after.any_warned(), weights),
        codes={code.name: share for code, share in shares.items() if share},
    )
