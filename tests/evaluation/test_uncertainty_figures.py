import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from ecg_evaluation.class_figures import Outcomes
from ecg_evaluation.resampling import resample_weights
from ecg_evaluation.served_model import ServedPredictions
from ecg_evaluation.uncertainty_figures import COVERAGES, uncertainty_figures

THRESHOLDS = (0.5, 0.5)


@pytest.fixture
def outcomes() -> Outcomes:
    """Six hundred recordings of two classes, in forty resamples."""
    random = np.random.default_rng(0)
    probabilities = random.random((600, 2))
    return Outcomes(
        ("A", "B"), random.random((600, 2)) < probabilities, probabilities, resample_weights(np.arange(600), 40, 0)
    )


def said(outcomes: Outcomes, uncertainty: np.ndarray) -> ServedPredictions:
    """Return what was said, and that the model stands by what it is not unsure of."""
    reasons = tuple(frozenset({"UNCERTAIN"}) if one > 0.8 else frozenset[str]() for one in uncertainty)
    return ServedPredictions(outcomes.probabilities, uncertainty, reasons)


def macro_auc(outcomes: Outcomes, drawn: np.ndarray) -> float:
    """Return the macro-AUC of recordings by number, some of them more than once."""
    return float(roc_auc_score(outcomes.labels[drawn], outcomes.probabilities[drawn]))


def test_the_change_at_a_coverage_is_paired_and_chosen_anew_in_every_resample(outcomes: Outcomes) -> None:
    """As if each resample were data of its own: its most certain four fifths against all of it."""
    uncertainty = 1 - np.abs(outcomes.probabilities - 0.5).max(axis=1) * 2
    figures = uncertainty_figures(outcomes, said(outcomes, uncertainty), THRESHOLDS)

    changes = []
    for counts in outcomes.weights.astype(int):
        drawn = np.repeat(np.arange(600), counts)
        certain = drawn[np.argsort(uncertainty[drawn], kind="stable")][: round(0.8 * len(drawn))]
        changes.append(macro_auc(outcomes, certain) - macro_auc(outcomes, drawn))
    assert figures is not None
    change = figures.coverages[COVERAGES.index(0.8)].macro_auc_change
    assert change is not None
    assert change.value == pytest.approx(changes[0], abs=1e-4)
    assert (change.low, change.high) == pytest.approx(tuple(np.quantile(changes[1:], (0.025, 0.975))), abs=1e-4)
    everything = figures.coverages[0].macro_auc_change
    assert everything is not None
    assert (everything.low, everything.value, everything.high) == (0, 0, 0)


def test_an_uncertainty_that_says_nothing_changes_nothing(outcomes: Outcomes) -> None:
    """The interval of the change holds 0, and that of the area the risk of answering all."""
    figures = uncertainty_figures(outcomes, said(outcomes, np.random.default_rng(1).random(600)), THRESHOLDS)

    assert figures is not None
    assert figures.area is not None
    assert figures.area.low < figures.random_area < figures.area.high
    for one in figures.coverages[1:]:
        assert one.macro_auc_change is not None
        assert one.macro_auc_change.low < 0 < one.macro_auc_change.high


def test_what_the_model_stands_by_is_measured_in_the_same_resamples(outcomes: Outcomes) -> None:
    """The recordings are those without abstention, whatever the resample."""
    uncertainty = 1 - np.abs(outcomes.probabilities - 0.5).max(axis=1) * 2
    figures = uncertainty_figures(outcomes, said(outcomes, uncertainty), THRESHOLDS)
    stood_by = np.flatnonzero(uncertainty <= 0.8)

    assert figures is not None
    assert figures.answered.recordings == len(stood_by)
    assert figures.answered.macro_auc is not None
    assert figures.answered.macro_auc.value == pytest.approx(macro_auc(outcomes, stood_by), abs=1e-4)
    assert figures.answered.macro_auc_change is not None
    assert figures.answered.macro_auc_change.low < figures.answered.macro_auc_change.high
