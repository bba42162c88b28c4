"""Variations of a batch of training recordings that leave what they show unchanged. Functions of a random generator."""

from dataclasses import replace
from typing import Any

import numpy as np

from ecg_model.recording import FloatArray
from ecg_training.dataset import Dataset

GAIN_SPREAD = 0.1
METADATA_DROPOUT = 0.3
METADATA_ABSENT = 0.2

STRONG_GAIN_SPREAD = 0.1
LEAD_GAIN_SPREAD = 0.03
LEAD_LOSS_RECORDINGS = 0.5
LEAD_LOSS_LEADS = 0.05
WANDER_MILLIVOLTS = 0.15
WANDER_HERTZ = (0.05, 0.5)
NOISE_MILLIVOLTS = 0.03
MIXING = 0.2
SAMPLES_PER_SECOND = 100


def augment_signal(signal: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return a batch [recording, sample, lead], each recording shifted in time (round the end) and scaled a little."""
    shifted = shift(signal, signal.shape[1], random)
    return scale(shifted, GAIN_SPREAD, (len(signal), 1, 1), random)


def distort_signal(signal: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return a batch scaled as a whole and lead by lead, some leads lost, with baseline wander and noise added."""
    count, _, leads = signal.shape
    signal = scale(signal, STRONG_GAIN_SPREAD, (count, 1, 1), random)
    signal = scale(signal, LEAD_GAIN_SPREAD, (count, 1, leads), random)
    return add_noise(add_wander(lose_leads(signal, random), random), random)


def shift(signal: FloatArray, length: int, random: np.random.Generator) -> FloatArray:
    """Return `length` samples of each recording from a random one on, round its end where they are all it has."""
    count, available, _ = signal.shape
    starts = available if length == available else available - length + 1
    samples = (np.arange(length) + random.integers(0, starts, size=(count, 1))) % available
    return np.take_along_axis(signal, samples[:, :, np.newaxis], axis=1)


def scale(signal: FloatArray, spread: float, shape: tuple[int, ...], random: np.random.Generator) -> FloatArray:
    """Return a batch times gains of this shape, each at most `spread` from 1."""
    scaled: FloatArray = signal * random.uniform(1 - spread, 1 + spread, size=shape).astype(np.float32)
    return scaled


def lose_leads(signal: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return a batch in which some recordings have lost some leads: they are 0 all along."""
    count, _, leads = signal.shape
    lost = random.random((count, 1, leads)) < LEAD_LOSS_LEADS
    lost &= random.random((count, 1, 1)) < LEAD_LOSS_RECORDINGS
    return np.where(lost, np.float32(0), signal)


def add_wander(signal: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return a batch whose baselines rise and fall as with breathing: one frequency a recording, all leads apart."""
    count, length, leads = signal.shape
    seconds = (np.arange(length, dtype=np.float32) / SAMPLES_PER_SECOND)[:, np.newaxis]
    hertz = random.uniform(*WANDER_HERTZ, size=(count, 1, 1)).astype(np.float32)
    phase = random.uniform(0, 2 * np.pi, size=(count, 1, leads)).astype(np.float32)
    height = random.uniform(0, WANDER_MILLIVOLTS, size=(count, 1, leads)).astype(np.float32)
    wandering: FloatArray = signal + height * np.sin(np.float32(2 * np.pi) * hertz * seconds + phase)
    return wandering


def add_noise(signal: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return a batch with white noise, of another strength in each recording."""
    strength = random.uniform(0, NOISE_MILLIVOLTS, size=(len(signal), 1, 1)).astype(np.float32)
    noisy: FloatArray = signal + strength * random.standard_normal(signal.shape, dtype=np.float32)
    return noisy


def forget_metadata(metadata: FloatArray, imputed: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return a batch [recording, feature] in which values are unknown at random.

    Each value is forgotten now and then, and some recordings lose all of them, so that the network learns that an
    imputed value says nothing.
    """
    forgotten = random.random(metadata.shape) < METADATA_DROPOUT
    forgotten |= random.random((len(metadata), 1)) < METADATA_ABSENT
    return np.where(forgotten, imputed, metadata)


def mix(batch: Dataset, random: np.random.Generator) -> Dataset:
    """Return a batch in which each recording is blended with another, and so is what they show.

    Zhang et al., mixup: beyond empirical risk minimization, 2018.
    """
    share = random.beta(MIXING, MIXING, size=len(batch)).astype(np.float32)
    share = np.maximum(share, 1 - share)
    others = batch.rows(random.permutation(len(batch)))
    mixed: dict[str, Any] = {
        name: blend(getattr(batch, name), getattr(others, name), share)
        for name in ("metadata", "signal", "labels", "statements")
    }
    return replace(batch, **mixed)


def blend(one: FloatArray, other: FloatArray, share: FloatArray) -> FloatArray:
    """Return arrays [recording, …] blended: `share` of the one and the rest of the other, recording by recording."""
    share = share.reshape(-1, *[1] * (one.ndim - 1))
    blended: FloatArray = share * one + (1 - share) * other
    return blended
