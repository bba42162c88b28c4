import numpy as np
import pytest

from ecg_evaluation.recording_forms.combining import COMBINATIONS, SERVED_COMBINATION, combined
from ecg_model.windows import combine

CODES = ("NORM", "MI")
# One recording of four windows, with the probabilities of NORM and of MI.
WINDOWS = np.array([[[0.8, 0.1], [0.6, 0.5], [0.9, 0.2], [0.5, 0.4]]])


@pytest.mark.parametrize(
    ("rule", "normal", "infarction"),
    [
        ("mean", 0.7, 0.3),
        ("median", 0.7, 0.3),
        ("maximum", 0.5, 0.5),
        ("mean of the greater half", 0.55, 0.45),
        ("noisy or", 0.8 * 0.6 * 0.9 * 0.5, 1 - 0.9 * 0.5 * 0.8 * 0.6),
    ],
)
def test_four_windows_give_one_probability(rule: str, normal: float, infarction: float) -> None:
    """Rules that look for findings take NORM the other way round: its least is what the greatest is of a finding."""
    np.testing.assert_allclose(combined(rule, WINDOWS, CODES), [[normal, infarction]])


def test_the_mean_of_log_odds_is_between() -> None:
    """Odds of 4 and of 1/9 have the mean odds of 2/3."""
    windows = np.array([[[0.8], [0.1]]])

    np.testing.assert_allclose(combined("mean of log odds", windows, ("MI",)), [[0.4]])


def test_what_is_called_served_is_what_the_service_does() -> None:
    """The same mean."""
    served = combine(WINDOWS[0].astype(np.float32), np.zeros(4, dtype=np.bool_), [4])

    np.testing.assert_allclose(combined(SERVED_COMBINATION, WINDOWS, CODES), served, rtol=1e-6)


@pytest.mark.parametrize("rule", COMBINATIONS)
def test_a_recording_without_windows_has_no_probability(rule: str) -> None:
    """Nor has one of which a window was left out: the rules are compared on whole ones."""
    windows = np.array([[[0.8], [np.nan]]])

    assert np.isnan(combined(rule, windows, ("MI",))).all()
