import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from ecg_evaluation.ranking import ThresholdCurve, auc_per_class, average_precision, roc_auc, threshold_curve

# Few distinct probabilities, so that many are equal; weights as often as a bootstrap draws a recording.
RECORDINGS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 6).map(lambda tenths: tenths / 6), st.integers(0, 3)),
    min_size=2,
    max_size=30,
).filter(lambda rows: {label for label, _, weight in rows if weight} == {True, False})


def curve_of(labels: list[int], probabilities: list[float], weights: list[float] | None = None) -> ThresholdCurve:
    """Return the curve of one weighting."""
    counts = np.ones((1, len(labels))) if weights is None else np.array([weights])
    return threshold_curve(np.array(labels, dtype=bool), np.array(probabilities), counts.astype(np.float32))


@given(RECORDINGS)
def test_both_areas_are_those_of_scikit_learn(rows: list[tuple[bool, float, int]]) -> None:
    """With ties and with weights."""
    labels, probabilities, weights = map(list, zip(*rows, strict=True))
    curve = curve_of(labels, probabilities, weights)

    assert roc_auc(curve)[0] == pytest.approx(roc_auc_score(labels, probabilities, sample_weight=weights))
    expected = average_precision_score(labels, probabilities, sample_weight=weights)
    assert average_precision(curve)[0] == pytest.approx(expected)


@given(RECORDINGS)
def test_a_weight_is_as_many_recordings(rows: list[tuple[bool, float, int]]) -> None:
    """Drawing a recording twice is the same as having two like it."""
    labels, probabilities, weights = map(list, zip(*rows, strict=True))
    drawn = [row for row in rows for _ in range(row[2])]
    weighted, repeated = (
        curve_of(labels, probabilities, weights),
        curve_of([r[0] for r in drawn], [r[1] for r in drawn]),
    )

    assert roc_auc(weighted)[0] == pytest.approx(roc_auc(repeated)[0])
    assert average_precision(weighted)[0] == pytest.approx(average_precision(repeated)[0])


@given(RECORDINGS)
def test_the_order_of_recordings_does_not_matter(rows: list[tuple[bool, float, int]]) -> None:
    """Nor does what a strictly increasing map makes of the probabilities."""
    labels, probabilities, weights = map(list, zip(*rows, strict=True))
    curve = curve_of(labels, probabilities, weights)
    turned = curve_of(labels[::-1], [one**3 / 2 for one in probabilities[::-1]], weights[::-1])

    assert roc_auc(curve)[0] == pytest.approx(roc_auc(turned)[0])
    assert average_precision(curve)[0] == pytest.approx(average_precision(turned)[0])


def test_areas_by_hand() -> None:
    """Order 1, 0, 1, 0: three of four pairs are right; precision is 1 at the first positive and 2/3 at the second."""
    curve = curve_of([1, 0, 1, 0], [0.9, 0.5, 0.4, 0.2])

    assert roc_auc(curve).tolist() == [0.75]
    assert average_precision(curve) == pytest.approx([(1 + 2 / 3) / 2])


def test_many_weightings_are_computed_at_once() -> None:
    """Each as if it were alone; one that has no pair has no area."""
    weights = np.array([[1, 1, 1, 1], [1, 0, 0, 1], [0, 1, 1, 0], [1, 0, 1, 0]], dtype=np.float32)
    curve = threshold_curve(np.array([1, 0, 1, 0], dtype=bool), np.array([0.9, 0.5, 0.4, 0.2]), weights)

    np.testing.assert_array_equal(roc_auc(curve), [0.75, 1, 0, np.nan])
    np.testing.assert_allclose(average_precision(curve), [(1 + 2 / 3) / 2, 1, 0.5, 1])


def test_without_any_positive_there_is_no_area() -> None:
    """Neither of the two."""
    curve = curve_of([0, 0], [0.1, 0.2])

    assert np.isnan(roc_auc(curve)).all()
    assert np.isnan(average_precision(curve)).all()


def test_the_areas_of_all_classes_are_those_of_scikit_learn() -> None:
    """In float32 too, to the last digits, with thousands of recordings; a class that nothing shows has none."""
    random = np.random.default_rng(0)
    probabilities = random.random((5000, 3)).round(3).astype(np.float32)
    labels = random.random((5000, 3)) < probabilities
    labels[:, 2] = False

    areas = auc_per_class(labels, probabilities)
    for index in range(2):
        assert areas[index] == pytest.approx(roc_auc_score(labels[:, index], probabilities[:, index]), abs=1e-12)
    assert np.isnan(areas[2])
