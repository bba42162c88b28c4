from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import recall_score, roc_auc_score

from ecg_evaluation.calibration_error import calibration_error
from ecg_evaluation.class_figures import Outcomes
from ecg_evaluation.figures import Estimate, GroupFigures
from ecg_evaluation.fold import read_fold
from ecg_evaluation.group_figures import group_figures
from ecg_evaluation.groups import Grouping
from ecg_evaluation.measuring import EvaluationSettings, evaluate
from ecg_evaluation.model_card.weaknesses import weak_groups
from ecg_evaluation.resampling import resample_weights
from ecg_testing.answering import answering, told_by_labels

COUNT = 1200
HARD = np.arange(COUNT) % 3 == 0
GROUPING = Grouping("device", ("hard", "easy"), np.where(HARD, "hard", "easy"))
WHOLE = Grouping("site", ("one",), np.full(COUNT, "one"))


@pytest.fixture
def outcomes() -> Outcomes:
    """Recordings of five classes; in a third of them the first class is told by chance."""
    random = np.random.default_rng(0)
    probabilities = random.random((COUNT, 5))
    labels = random.random((COUNT, 5)) < probabilities
    labels[HARD, 0] = random.random(HARD.sum()) < 0.5
    codes = ("NORM", "MI", "STTC", "CD", "HYP")
    return Outcomes(codes, labels, probabilities, resample_weights(np.arange(COUNT), 200, 0))


def figures_of(outcomes: Outcomes) -> tuple[GroupFigures, ...]:
    """Return the figures of the hard ones, of the easy ones, and of all."""
    return group_figures(outcomes, (GROUPING, WHOLE), (0.5,) * 5, seed=0)


def test_a_group_is_compared_with_all_others_in_the_same_resamples(outcomes: Outcomes) -> None:
    """As scikit-learn computes it from the recordings that each resample drew."""
    hard = figures_of(outcomes)[0]
    areas, sensitivities = [], []
    for counts in outcomes.weights:
        both = [(outcomes.labels[side, 0], outcomes.probabilities[side, 0], counts[side]) for side in (HARD, ~HARD)]
        group, rest = (roc_auc_score(labels, given, sample_weight=drawn) for labels, given, drawn in both)
        areas.append(group - rest)
        group, rest = (recall_score(labels, given >= 0.5, sample_weight=drawn) for labels, given, drawn in both)
        sensitivities.append(group - rest)

    for measured, expected in ((hard.auc_differences[0], areas), (hard.sensitivity_differences[0], sensitivities)):
        assert measured is not None
        assert measured.value == pytest.approx(expected[0], abs=1e-4)
        assert (measured.low, measured.high) == pytest.approx(
            tuple(np.quantile(expected[1:], (0.025, 0.975))), abs=1e-4
        )


def test_two_groups_that_are_all_there_is_are_each_the_others_opposite(outcomes: Outcomes) -> None:
    """And what holds every recording is compared with nothing."""
    hard, easy, whole = figures_of(outcomes)

    for one, other in zip(hard.auc_differences, easy.auc_differences, strict=True):
        assert one is not None
        assert other is not None
        assert (one.low, one.value, one.high) == pytest.approx((-other.high, -other.value, -other.low))
    assert whole.auc_differences == whole.sensitivity_differences == (None,) * 5


def test_the_calibration_of_a_group_is_the_mean_over_the_classes(outcomes: Outcomes) -> None:
    """Of its own recordings; the class that is told by chance is far from what perfect calibration would score."""
    hard, easy, _ = figures_of(outcomes)
    errors = [
        calibration_error(outcomes.labels[HARD, index], outcomes.probabilities[HARD, index]) for index in range(5)
    ]

    assert hard.calibration is not None
    assert easy.calibration is not None
    assert hard.calibration.error == pytest.approx(np.mean(errors), abs=1e-4)
    assert hard.calibration.error > hard.calibration.perfect.high
    assert easy.calibration.perfect.low < easy.calibration.error < easy.calibration.perfect.high


def test_the_card_lists_where_a_group_is_worse_than_all_others(annotated_folder: Path, outcomes: Outcomes) -> None:
    """With the size of the difference, the greatest first, five of either figure at most."""
    evaluation = evaluate(read_fold(annotated_folder, [9]), answering(told_by_labels), EvaluationSettings(resamples=1))
    told = weak_groups(replace(evaluation, groups=figures_of(outcomes)))
    first, *others = [line for line in told.splitlines() if line.startswith("* ")]

    assert first.startswith("* AUC of NORM, device: hard: 0.4")
    assert "of 20 comparisons" in told
    assert not any("macro" in line or "site" in line for line in (first, *others))
    assert f"In {1 + len(others)} of 20" in told

    worse = Estimate(-0.1, -0.2, -0.05)
    (group,) = [one for one in figures_of(outcomes) if one.value == "easy"]
    group = replace(group, auc_differences=(worse,) * 5, sensitivity_differences=(worse,) * 5)
    many = weak_groups(replace(evaluation, groups=(group, group)))
    assert "In 20 of 20 comparisons" in many
    assert sum(line.startswith("* ") for line in many.splitlines()) == 10


def test_a_card_of_a_model_that_is_nowhere_worse_lists_nothing(annotated_folder: Path) -> None:
    """There the sentence ends."""
    evaluation = evaluate(read_fold(annotated_folder, range(1, 10)), answering(told_by_labels), EvaluationSettings(20))

    assert weak_groups(evaluation).endswith("lies below 0.")
