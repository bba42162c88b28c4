import numpy as np
import pytest

from ecg_evaluation.class_figures import Outcomes
from ecg_evaluation.figures import Estimate
from ecg_evaluation.recording_forms.comparing import Comparison, agreement
from ecg_evaluation.resampling import resample_weights

COUNT = 40
CODES = ("NORM", "MI")
SHOWN = np.arange(COUNT) % 2 == 0
LABELS = np.column_stack([SHOWN, ~SHOWN])
RIGHT = np.where(LABELS, 0.9, 0.1)


def comparison(probabilities: np.ndarray) -> Comparison:
    """Return a comparison with what was said of forty recordings, each of a patient of its own."""
    return Comparison(Outcomes(CODES, LABELS, probabilities, resample_weights(np.arange(COUNT), 20, 0)))


def test_what_is_the_same_changes_nothing() -> None:
    """Perfect order, the probabilities a tenth off in either direction."""
    figures = comparison(RIGHT).figures("as they are", "none", RIGHT, is_served=True)

    assert (figures.form, figures.rule, figures.is_served) == ("as they are", "none", True)
    assert (figures.recordings, figures.refused, figures.class_aucs) == (COUNT, 0, (1.0, 1.0))
    assert (figures.macro_auc, figures.change) == (Estimate(1.0, 1.0, 1.0), Estimate(0.0, 0.0, 0.0))
    assert (figures.bias, figures.calibration_error, figures.greatest_class_loss) == (0.0, 0.1, None)


def test_a_class_that_is_no_longer_told_is_named() -> None:
    """MI at one half for all: its area falls from 1 to a half, the mean of both by a quarter."""
    blind = RIGHT.copy()
    blind[:, 1] = 0.6

    figures = comparison(RIGHT).figures("blind", "none", blind)

    assert figures.change == Estimate(-0.25, -0.25, -0.25)
    assert figures.greatest_class_loss == ("MI", -0.5)
    assert figures.bias == pytest.approx(0.05)


def test_what_was_refused_counts_nowhere() -> None:
    """Neither in the figures of the form nor in what it is compared with, whichever of both was refused."""
    wrong_in_first, refused = RIGHT.copy(), RIGHT.copy()
    wrong_in_first[0] = 1 - wrong_in_first[0]
    refused[0] = np.nan

    assert comparison(RIGHT).figures("x", "y", wrong_in_first).class_aucs != (1.0, 1.0)
    for form, usual in ((refused, wrong_in_first), (wrong_in_first, refused)):
        figures = comparison(usual).figures("x", "y", form)
        assert (figures.recordings, figures.refused, figures.class_aucs) == (COUNT, 1, (1.0, 1.0))
        assert figures.change == Estimate(0.0, 0.0, 0.0)


def test_where_all_were_refused_there_are_no_figures() -> None:
    """And no warning of an empty mean."""
    figures = comparison(RIGHT).figures("x", "y", np.full_like(RIGHT, np.nan))

    assert (figures.refused, figures.class_aucs) == (COUNT, (None, None))
    assert (figures.macro_auc, figures.change, figures.bias, figures.calibration_error) == (None,) * 4


def test_agreement_is_the_greatest_and_the_mean_distance() -> None:
    """Over the recordings that both have."""
    one = np.array([[0.5, 0.5], [0.1, 0.9], [np.nan, np.nan]])
    other = np.array([[0.5, 0.3], [0.2, 0.9], [0.5, 0.5]])

    figures = agreement("x", one, other)

    assert (figures.recordings, figures.greatest) == (2, 0.2)
    assert figures.mean == pytest.approx(0.075)
