import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from ecg_client.class_figures import ClassColumn
from ecg_client.evaluation import Case, evaluate_classes
from ecg_client.prediction import ClassPrediction

# Few distinct probabilities, so that many are equal: whether it shows the class, its probability, how often it counts.
ROWS = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), st.integers(0, 3)), min_size=2)


@given(ROWS)
def test_figures_are_those_of_scikit_learn(rows: list[tuple[bool, float, int]]) -> None:
    """With the same weights; where a figure does not exist it is not-a-number, and nothing is warned of."""
    shows, probabilities, weights = (np.array(column) for column in zip(*rows, strict=True))
    finding = probabilities >= 0.5
    figures = ClassColumn.of(range(len(rows)), shows, probabilities, finding).figures(weights)
    carried = {bool(show) for show, _, weight in rows if weight}
    if carried != {True, False}:
        assert np.isnan(figures[0])
        return
    expected = (
        metrics.roc_auc_score(shows, probabilities, sample_weight=weights),
        metrics.average_precision_score(shows, probabilities, sample_weight=weights),
        metrics.recall_score(shows, finding, sample_weight=weights),
        metrics.recall_score(~shows, ~finding, sample_weight=weights),
        metrics.precision_score(shows, finding, sample_weight=weights, zero_division=np.nan),
        metrics.f1_score(shows, finding, sample_weight=weights),
    )
    np.testing.assert_allclose(figures, expected, atol=1e-12)


def _case(probability: float, labels: dict[str, int]) -> Case:
    return Case(
        (
            ClassPrediction("A", "a", probability, 0.5, probability >= 0.5),
            ClassPrediction("B", "b", 1 - probability, 0.25, probability <= 0.75),
        ),
        labels,
    )


def test_each_class_is_measured_where_it_is_known_and_the_mean_where_there_is_an_auc() -> None:
    """By hand: of A, three of four pairs are right; of B only positives are known, so it has no AUC."""
    cases = [
        _case(0.9, {"A": 1}),
        _case(0.4, {"A": 1, "B": 1}),
        _case(0.5, {"A": 0}),
        _case(0.1, {"A": 0}),
        _case(0.8, {"B": 1}),
    ]
    first, second, macro = evaluate_classes(cases)
    assert (first.code, first.count, first.positive_count, first.threshold) == ("A", 4, 2, 0.5)
    figures = (first.auc, first.average_precision, first.sensitivity, first.specificity, first.ppv, first.f1)
    values = [figure.value for figure in figures if figure is not None]
    # Found are 0.9, rightly, and 0.5, falsely.
    assert values == [0.75, pytest.approx(0.8333), 0.5, 0.5, 0.5, 0.5]
    assert (second.count, second.positive_count, second.auc, second.specificity) == (2, 2, None, None)
    assert second.sensitivity is not None
    assert second.sensitivity.value == 0.5
    assert (macro.code, macro.threshold, macro.auc) == ("macro", None, first.auc)


def test_intervals_hold_the_figure_and_narrow_with_more_recordings() -> None:
    """And are the same each time."""
    random = np.random.default_rng(5)
    shows = random.integers(0, 2, 400)
    probabilities = np.clip(0.3 * shows + random.random(400) * 0.7, 0, 1)
    cases = [_case(float(p), {"A": int(s)}) for p, s in zip(probabilities, shows, strict=True)]
    widths = []
    for count in (50, 400):
        auc = next(evaluate_classes(cases[:count])).auc
        assert auc is not None
        assert auc.low < auc.value < auc.high
        widths.append(auc.high - auc.low)
    assert widths[1] < widths[0] / 2
    assert next(evaluate_classes(cases)) == next(evaluate_classes(cases))


def test_nothing_known_is_nothing_measured() -> None:
    """Neither without recordings nor without labels."""
    assert list(evaluate_classes([])) == []
    assert list(evaluate_classes([_case(0.5, {})])) == []
