import pytest

from ecg_client.evaluation import Case, evaluate_auc, evaluate_classes
from ecg_client.prediction import ClassPrediction


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    """Two positives and two negatives: three of four pairs are right for A, all for B."""
    report = evaluate_auc(
        [
            ({"A": 0.9, "B": 0.1}, {"A": 1, "B": 0}),
            ({"A": 0.4, "B": 0.8}, {"A": 1, "B": 1}),
            ({"A": 0.5, "B": 0.7}, {"A": 0, "B": 1}),
            ({"A": 0.1, "B": 0.6}, {"A": 0, "B": 1}),
        ]
    )
    assert report.auc_by_class == {"A": 0.75, "B": 1.0}
    assert report.macro_auc == pytest.approx(0.875)
    assert (report.labelled_count, report.unlabelled_count, report.classes_left_out) == (4, 0, ())


def test_recordings_without_a_positive_label_are_left_out_and_counted() -> None:
    """With no labels at all, or with none that is positive."""
    report = evaluate_auc(
        [
            ({"A": 0.9, "B": 0.5}, {"A": 1, "B": 0}),
            ({"A": 0.1, "B": 0.6}, {"A": 0, "B": 1}),
            ({"A": 0.99, "B": 0.9}, {"A": 0, "B": 0}),
            ({"A": 0.99, "B": 0.9}, None),
        ]
    )
    assert report.auc_by_class == {"A": 1.0, "B": 1.0}
    assert (report.labelled_count, report.unlabelled_count) == (2, 2)


def test_a_class_on_which_all_agree_has_no_auc() -> None:
    """It is named, and the mean is over the others; without any there is no mean."""
    report = evaluate_auc([({"A": 0.9, "B": 0.5}, {"A": 1, "B": 0}), ({"A": 0.1, "B": 0.6}, {"A": 1, "B": 1})])
    assert report.classes_left_out == ("A",)
    assert report.auc_by_class == {"B": 1.0}
    assert evaluate_auc([({"A": 0.9}, {"A": 1})]).macro_auc is None


def test_classes_of_a_model_that_is_changed_meanwhile_are_measured_where_they_were_asked_about() -> None:
    """Each class in the cases whose model knows it; a threshold is told where it was the same for all."""
    cases = [
        Case((_class("A", 0.9, 0.5), _class("C", 0.1, 0.5)), {"A": 1, "C": 0}),
        Case((_class("A", 0.2, 0.5), _class("C", 0.7, 0.5)), {"A": 0, "C": 1, "B": 1}),
        Case((_class("B", 0.9, 0.3), _class("C", 0.6, 0.4)), {"B": 1, "A": 0, "D": 1}),
        Case((_class("D", 0.1, 0.3),), {}),
    ]
    figures = list(evaluate_classes(cases))
    assert [(one.code, one.count, one.threshold) for one in figures] == [
        ("A", 2, 0.5),
        ("C", 2, None),
        ("B", 1, 0.3),
        ("macro", 4, None),
    ]


def _class(code: str, probability: float, threshold: float) -> ClassPrediction:
    return ClassPrediction(code, code.lower(), probability, threshold, probability >= threshold)
