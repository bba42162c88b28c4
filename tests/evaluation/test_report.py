import json
from pathlib import Path

import pytest

from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import Evaluation
from ecg_evaluation.fold import read_fold
from ecg_evaluation.json_file import read_evaluation, to_json
from ecg_evaluation.measuring import EvaluationSettings, evaluate
from ecg_evaluation.reliability_plot import write_reliability_plot
from ecg_evaluation.report import to_markdown
from ecg_evaluation.tables import fold_names
from ecg_testing.answering import answering, told_by_labels


@pytest.fixture(scope="module")
def evaluation(annotated_folder: Path) -> Evaluation:
    """Of a model that knows the labels, on all folds."""
    return evaluate(
        read_fold(annotated_folder, range(1, 10)), answering(told_by_labels), EvaluationSettings(resamples=5)
    )


def test_json_returns_what_was_written(evaluation: Evaluation, tmp_path: Path) -> None:
    """Figures that do not exist are null, and no line is a book."""
    path = tmp_path / "evaluation.json"
    path.write_text(to_json(evaluation), encoding="utf-8")

    assert read_evaluation(path) == evaluation
    assert json.loads(path.read_text(encoding="utf-8"))["data"]["recordings"] == 90
    assert "NaN" not in path.read_text(encoding="utf-8")


def test_what_is_no_evaluation_is_named(tmp_path: Path) -> None:
    """The file, and what is wrong with it."""
    path = tmp_path / "evaluation.json"
    with pytest.raises(EvaluationError, match=r"evaluation\.json: cannot be read"):
        read_evaluation(path)
    path.write_text('{"model": {}}', encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"evaluation\.json: is no evaluation: model\.name"):
        read_evaluation(path)


def test_the_report_shows_the_figures(evaluation: Evaluation) -> None:
    """With intervals; a dash where too few recordings carry a figure, and why."""
    report = to_markdown(evaluation, "plot.png")

    assert "# fake 1 on PTB-XL fold 1–9" in report
    assert "| MI | 18 | 1.000 (1.000–1.000) | 1.000 (1.000–1.000) | 0.500 |" in report
    assert "| sex: female | 45 | – | – | – | – | – | – |" in report
    assert "`–` stands where fewer than 10 recordings show the class" in report
    assert "| 1–8 | 16 of 16 (100.0 %) | 0 of 64 (0.0 %) |" in report
    assert "Left out: 1 recordings none of whose statements is diagnostic. Refused by the model: none." in report
    assert "| static noise: not noted | 90 | 0.100 | " in report
    assert "| 80.0 % | 72 | 0.0 % | 1.000 (1.000–1.000) | +0.0000 (+0.0000 to +0.0000) |" in report
    assert "![Share with the class over probability, for each class](plot.png)" in report
    assert "Not a medical device" in report


def test_the_plot_is_a_png(evaluation: Evaluation, tmp_path: Path) -> None:
    """A panel for each class fits on it; the same figures give the same file."""
    for name in ("once.png", "again.png"):
        write_reliability_plot(evaluation, tmp_path / name)

    assert (tmp_path / "once.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "once.png").read_bytes() == (tmp_path / "again.png").read_bytes()


@pytest.mark.parametrize(("folds", "text"), [((9,), "9"), ((1, 2, 3), "1–3"), ((1, 3), "1, 3")])
def test_folds_are_told_as_they_are(folds: tuple[int, ...], text: str) -> None:
    """Only folds in a row are a range."""
    assert fold_names(folds) == text
