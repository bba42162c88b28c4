import numpy as np

from ecg_evaluation.recording_forms.lead_estimates import estimate_leads, second_moments

SAMPLES = 500


def test_the_moments_are_mean_products() -> None:
    """Of two leads over three samples."""
    signals = np.array([[[1, 2], [3, 0], [2, 2]]], dtype=np.float32)

    np.testing.assert_allclose(second_moments(signals), [[14 / 3, 2], [2, 8 / 3]])


def test_a_lead_that_follows_from_others_comes_back() -> None:
    """The third is the second less the first; what is left of the other leads is as it was."""
    two = np.random.default_rng(0).normal(size=(1, SAMPLES, 2)).astype(np.float32)
    signals = np.concatenate([two, two[..., 1:] - two[..., :1]], axis=2)
    lost = np.array([False, False, True])
    damaged = np.where(lost, np.float32(9), signals[0])

    estimated = estimate_leads(damaged, lost, second_moments(signals))

    np.testing.assert_allclose(estimated, signals[0], atol=1e-4)
    assert np.array_equal(estimated[:, :2], signals[0, :, :2])


def test_what_the_others_do_not_tell_is_nothing() -> None:
    """A lead that goes with no other is estimated as 0 mV, or next to it."""
    signals = np.random.default_rng(1).normal(size=(1, 100_000, 3)).astype(np.float32)

    estimated = estimate_leads(signals[0], np.array([False, True, False]), second_moments(signals))

    assert np.abs(estimated[:, 1]).max() < 0.05


def test_the_signal_that_was_given_is_not_changed() -> None:
    """The estimate is a copy."""
    signals = np.random.default_rng(2).normal(size=(1, SAMPLES, 3)).astype(np.float32)
    before = signals.copy()

    estimate_leads(signals[0], np.array([True, False, False]), second_moments(signals))

    assert np.array_equal(signals, before)
