"""What training does to recordings: each variation does what it says, and nothing else."""

import numpy as np
import pytest

from ecg_model.recording import FloatArray
from ecg_training.augmentation import (
    LEAD_LOSS_LEADS,
    LEAD_LOSS_RECORDINGS,
    NOISE_MILLIVOLTS,
    WANDER_MILLIVOLTS,
    add_noise,
    add_wander,
    blend,
    distort_signal,
    lose_leads,
    mix,
    shift,
)
from ecg_training.dataset import Dataset


@pytest.fixture
def random() -> np.random.Generator:
    """A generator that always begins alike."""
    return np.random.default_rng(5)


def signals(count: int) -> FloatArray:
    """Return signals in which every sample is another number."""
    return np.arange(count * 1000 * 12, dtype=np.float32).reshape(count, 1000, 12)


def test_a_crop_is_a_piece_of_the_recording(random: np.random.Generator) -> None:
    """It lies inside, wherever, all leads together, and does not go round the end."""
    crops = shift(signals(50), 300, random)

    assert crops.shape == (50, 300, 12)
    starts = [round(float(crop[0, 0] - whole[0, 0]) / 12) for crop, whole in zip(crops, signals(50), strict=True)]
    for crop, whole, start in zip(crops, signals(50), starts, strict=True):
        np.testing.assert_array_equal(crop, whole[start : start + 300])
    assert min(starts) < 100
    assert max(starts) > 600


def test_a_whole_recording_is_turned_round_its_end(random: np.random.Generator) -> None:
    """Every sample is still there, in the same order but for where it begins."""
    for turned, whole in zip(shift(signals(5), 1000, random), signals(5), strict=True):
        start = round(float(turned[0, 0] - whole[0, 0]) / 12)
        np.testing.assert_array_equal(turned, np.roll(whole, -start, axis=0))


def test_lost_leads_are_silent_and_the_others_untouched(random: np.random.Generator) -> None:
    """About as many are lost as is said, in about as many recordings."""
    whole = signals(2000)[:, :4] + 1
    lost = lose_leads(whole, random)

    assert ((lost == whole) | (lost == 0)).all()
    silent = (lost == 0).all(axis=1)
    assert silent.mean() == pytest.approx(LEAD_LOSS_LEADS * LEAD_LOSS_RECORDINGS, rel=0.2)
    assert (silent.any(axis=1)).mean() < LEAD_LOSS_RECORDINGS


def test_wander_is_slow_and_small(random: np.random.Generator) -> None:
    """From one sample to the next it moves by less than a hundredth of a millivolt."""
    wander = add_wander(np.zeros((20, 1000, 12), dtype=np.float32), random)

    assert 0 < np.abs(wander).max() <= WANDER_MILLIVOLTS
    assert np.abs(np.diff(wander, axis=1)).max() < 0.01


def test_noise_differs_in_strength_from_recording_to_recording(random: np.random.Generator) -> None:
    """Some recordings get next to none."""
    strengths = add_noise(np.zeros((200, 1000, 12), dtype=np.float32), random).std(axis=(1, 2))

    assert strengths.min() < 0.1 * NOISE_MILLIVOLTS
    assert 0.9 * NOISE_MILLIVOLTS < strengths.max() < 1.1 * NOISE_MILLIVOLTS


def test_distortion_keeps_shape_and_type(random: np.random.Generator) -> None:
    """And never makes anything that is not finite."""
    distorted = distort_signal(signals(3), random)

    assert (distorted.shape, distorted.dtype) == ((3, 1000, 12), np.dtype(np.float32))
    assert np.isfinite(distorted).all()


def test_what_is_blended_shows_both_in_the_same_shares(random: np.random.Generator) -> None:
    """The labels of a blend are in the proportion of its signals, and the one that gives its place weighs more."""
    labels = np.eye(8, dtype=np.float32)
    constant = np.repeat(np.arange(8, dtype=np.float32), 12000).reshape(8, 1000, 12)
    batch = Dataset(
        metadata=labels, signal=constant, labels=labels, statements=labels, patients=np.arange(8), imputed=labels[0]
    )
    mixed = mix(batch, random)

    np.testing.assert_allclose(mixed.labels.sum(axis=1), 1, rtol=1e-6)
    assert (np.diag(mixed.labels) >= 0.5).all()
    np.testing.assert_allclose(mixed.signal[:, 0, 0], mixed.labels @ np.arange(8, dtype=np.float32), rtol=1e-5)
    np.testing.assert_array_equal(mixed.metadata, mixed.labels)
    np.testing.assert_array_equal(mixed.statements, mixed.labels)


def test_a_blend_by_hand() -> None:
    """Three quarters of 4 and one quarter of 8 are 5."""
    one, other, share = (np.array([value], dtype=np.float32) for value in (4, 8, 0.75))

    assert blend(one, other, share).tolist() == [5]
