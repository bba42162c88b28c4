import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, recall_score

from ecg_evaluation.decisions import decision_rates, find

RECORDINGS = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 3)), min_size=1, max_size=30)


@given(RECORDINGS)
def test_the_rates_are_those_of_scikit_learn(rows: list[tuple[bool, bool, int]]) -> None:
    """Wherever there is something to divide by."""
    labels, findings, weights = map(np.array, zip(*rows, strict=True))
    rates = decision_rates(labels[:, np.newaxis], findings[:, np.newaxis], weights[np.newaxis].astype(np.float32))

    def agree(measured: np.ndarray, expected: float) -> None:
        if np.isnan(measured[0, 0]):
            assert expected == -1
        else:
            assert measured[0, 0] == pytest.approx(expected)

    positives = weights[labels].sum()
    negatives = weights[~labels].sum()
    agree(rates.sensitivity, recall_score(labels, findings, sample_weight=weights) if positives else -1)
    agree(rates.specificity, recall_score(~labels, ~findings, sample_weight=weights) if negatives else -1)
    either = weights[labels | findings].sum()
    agree(rates.f1, f1_score(labels, findings, sample_weight=weights) if either else -1)


def test_rates_by_hand() -> None:
    """Two of three with the class are found, one of two without it is passed by: precision 2/3, so F1 2/3."""
    labels = np.array([[1], [1], [1], [0], [0]], dtype=bool)
    findings = np.array([[1], [1], [0], [1], [0]], dtype=bool)
    rates = decision_rates(labels, findings, np.ones((1, 5), dtype=np.float32))

    assert rates.sensitivity[0, 0] == pytest.approx(2 / 3)
    assert rates.specificity[0, 0] == pytest.approx(1 / 2)
    assert rates.f1[0, 0] == pytest.approx(2 / 3)


def test_a_probability_at_its_threshold_is_a_finding() -> None:
    """As in the server, where the threshold is a float32: what float32 cannot tell apart is equal."""
    probabilities = np.array(
        [[np.float32(0.619)], [np.nextafter(np.float32(0.619), np.float32(0))], [0.7]], dtype=float
    )

    assert find(probabilities, (0.619,)).tolist() == [[True], [False], [True]]
