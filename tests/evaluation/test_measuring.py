from pathlib import Path

import pytest

from ecg_client.recording import PatientMetadata, Recording
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import AbstentionFigures, CoverageFigures, Evaluation
from ecg_evaluation.figures import MACRO, DecisionFigures, Estimate, GroupFigures, RankingFigures
from ecg_evaluation.fold import Fold, read_fold
from ecg_evaluation.measuring import EvaluationSettings, evaluate
from ecg_evaluation.served_model import Refusal, ServedPrediction
from ecg_testing.answering import HALF, NEVER, answering, told_by_labels

FEW_RESAMPLES = EvaluationSettings(resamples=20, seed=5)
CERTAIN_ONE = Estimate(1.0, 1.0, 1.0)


@pytest.fixture(scope="module")
def fold(annotated_folder: Path) -> Fold:
    """All folds: ninety labelled recordings, eighteen of each class, and an unlabelled one."""
    return read_fold(annotated_folder, range(1, 10))


def group_of(evaluation: Evaluation, column: str, value: str) -> GroupFigures:
    """Return the figures of a group."""
    return next(one for one in evaluation.groups if (one.column, one.value) == (column, value))


def test_a_model_that_knows_the_labels_is_perfect(fold: Fold) -> None:
    """Every figure is 1, in every resample; its probabilities are off by 0.1 wherever they are."""
    evaluation = evaluate(fold, answering(told_by_labels), FEW_RESAMPLES)

    assert [one.class_code for one in evaluation.ranking] == ["NORM", "MI", "STTC", "CD", "HYP", MACRO]
    assert evaluation.ranking[1] == RankingFigures(
        class_code="MI", positives=18, negatives=72, auc=CERTAIN_ONE, auprc=CERTAIN_ONE
    )
    assert evaluation.ranking[-1] == RankingFigures(class_code=MACRO, auc=CERTAIN_ONE, auprc=CERTAIN_ONE)
    assert evaluation.active_point.classes[-1] == DecisionFigures(
        class_code=MACRO, f1=CERTAIN_ONE, sensitivity=CERTAIN_ONE, specificity=CERTAIN_ONE
    )
    assert [one.served.error for one in evaluation.calibration] == pytest.approx([0.1] * 6)
    assert [(one.recordings, one.share) for one in evaluation.calibration[0].bins] == [(72, 0.0), (18, 1.0)]


def test_the_data_are_counted(fold: Fold) -> None:
    """Labelled and unlabelled recordings, patients, and how the intervals were made."""
    data = evaluate(fold, answering(told_by_labels), FEW_RESAMPLES).data

    assert (data.recordings, data.patients, data.unlabelled, data.refusals) == (90, 90, 1, {})
    assert (data.folds, data.resamples, data.seed) == (tuple(range(1, 10)), 20, 5)


def test_all_operating_points_are_measured_and_groups_at_the_active_one(fold: Fold) -> None:
    """The one that is never reached finds nothing and is right about all that shows nothing."""
    evaluation = evaluate(fold, answering(told_by_labels), FEW_RESAMPLES)
    half, never = evaluation.operating_points

    assert (half.name, half.is_active, never.name, never.is_active) == (HALF.name, True, NEVER.name, False)
    assert never.classes[0].threshold == 1
    assert never.classes[0].sensitivity == Estimate(0.0, 0.0, 0.0)
    assert never.classes[0].specificity == CERTAIN_ONE
    assert group_of(evaluation, "sex", "female").decisions[-1].sensitivity is None
    assert group_of(evaluation, "static_noise", "not noted").decisions == half.classes


def test_a_group_too_small_for_a_class_has_no_figure_for_it(fold: Fold) -> None:
    """Nine of each class are female: one too few. Of all ninety nothing is noted of static noise."""
    evaluation = evaluate(fold, answering(told_by_labels), FEW_RESAMPLES)
    female = group_of(evaluation, "sex", "female")

    assert (female.recordings, female.ranking[0].positives, female.ranking[0].auc) == (45, 9, None)
    assert female.ranking[-1].auc is None
    assert group_of(evaluation, "static_noise", "not noted").ranking == evaluation.ranking


def test_a_model_that_uses_the_stages_is_found_out(fold: Fold) -> None:
    """It knows nothing but whether a stage is noted, which tells MI by itself; the usual figures are without stages."""

    def by_stage(recording: Recording) -> ServedPrediction:
        is_staged = recording.metadata.first_infarction_stage is not None
        return ServedPrediction((0.5, 0.9 if is_staged else 0.5, 0.5, 0.5, 0.5), None, frozenset())

    usual, without, staged = evaluate(fold, answering(by_stage), FEW_RESAMPLES).metadata

    assert [one.ranking[1].auc for one in (usual, without)] == [Estimate(0.5, 0.5, 0.5)] * 2
    assert staged.ranking[1].auc == CERTAIN_ONE
    assert staged.macro_auc_change == Estimate(0.1, 0.1, 0.1)
    assert staged.greatest_probability_change == pytest.approx(0.4)
    assert usual.greatest_probability_change == 0


def test_without_metadata_means_that_nothing_at_all_is_known(fold: Fold) -> None:
    """Each recording is asked about three times: with what the data know, with nothing, and with the stages too."""
    asked: list[PatientMetadata] = []

    def remember(recording: Recording) -> ServedPrediction:
        asked.append(recording.metadata)
        return told_by_labels(recording)

    evaluate(fold, answering(remember), FEW_RESAMPLES)

    usual, without, staged = asked[:90], asked[90:180], asked[180:]
    assert set(without) == {PatientMetadata()}
    assert any(one.age_years for one in usual)
    assert all(one.first_infarction_stage is None and one.second_infarction_stage is None for one in usual)
    assert staged == [row.metadata for row in fold.rows]


def test_what_is_refused_is_left_out_of_everything(fold: Fold) -> None:
    """And counted by reason, be it refused with one kind of metadata only."""

    def refuse_staged(recording: Recording) -> ServedPrediction | Refusal:
        if recording.metadata.first_infarction_stage is not None:
            return Refusal("METADATA_OUT_OF_RANGE")
        return Refusal("LEAD_MISSING") if recording.recording_id == "1" else told_by_labels(recording)

    evaluation = evaluate(fold, answering(refuse_staged), FEW_RESAMPLES)

    assert evaluation.data.recordings == 71
    assert evaluation.data.refusals == {"LEAD_MISSING": 1, "METADATA_OUT_OF_RANGE": 18}
    assert (evaluation.ranking[1].positives, evaluation.ranking[1].auc) == (0, None)
    assert sum(one.recordings for one in evaluation.groups if one.column == "sex") == 71


def test_a_model_that_refuses_everything_says_why(fold: Fold) -> None:
    """There are no figures then, and the reasons are told as the model gave them."""
    with pytest.raises(EvaluationError, match="refused every recording: 90 SAMPLE_RATE_UNSUPPORTED"):
        evaluate(fold, answering(lambda _: Refusal("SAMPLE_RATE_UNSUPPORTED")), FEW_RESAMPLES)


def test_uncertainty_by_hand(fold: Fold) -> None:
    """The model is wrong about all of HYP and unsure there: without these, a fifth, nothing it says is wrong.

    Reasons are counted as they come, those among them that are newer than this program.
    """

    def unsure_of_hypertrophy(recording: Recording) -> ServedPrediction:
        if (recording.labels or {})["HYP"]:
            reasons = {"UNCERTAIN", "7"} if recording.recording_id == "5" else {"UNCERTAIN"}
            return ServedPrediction((0.9, 0.1, 0.1, 0.1, 0.1), 0.8, frozenset(reasons))
        return ServedPrediction(told_by_labels(recording).probabilities, 0.2, frozenset())

    uncertainty = evaluate(fold, answering(unsure_of_hypertrophy), FEW_RESAMPLES).uncertainty

    assert uncertainty is not None
    # Two of five decisions are wrong in 18 of 90 recordings.
    assert uncertainty.random_area == pytest.approx(0.4 * 18 / 90)
    assert uncertainty.area is not None
    assert uncertainty.area.value == uncertainty.perfect_area < uncertainty.random_area
    assert uncertainty.area.low < uncertainty.area.value < uncertainty.area.high
    assert [(one.coverage, one.recordings) for one in uncertainty.coverages] == [
        (1, 90),
        (0.9, 81),
        (0.8, 72),
        (0.7, 63),
    ]
    assert uncertainty.coverages[2].risk == 0
    assert uncertainty.abstentions == (
        AbstentionFigures(reason="7", recordings=1, share=0.0111),
        AbstentionFigures(reason="UNCERTAIN", recordings=18, share=0.2),
        AbstentionFigures(reason="any", recordings=18, share=0.2),
    )
    assert uncertainty.answered == CoverageFigures(
        coverage=0.8, recordings=72, risk=0.0, macro_auc=None, macro_auc_change=None
    )


def test_a_model_without_uncertainty_has_no_figures_of_it(fold: Fold) -> None:
    """Everything else is measured."""
    evaluation = evaluate(fold, answering(lambda _: ServedPrediction((0.5,) * 5, None, frozenset())), FEW_RESAMPLES)

    assert evaluation.uncertainty is None
    assert evaluation.ranking[-1].auc == Estimate(0.5, 0.5, 0.5)


def test_a_rerun_gives_the_same_figures(fold: Fold) -> None:
    """All of them, from the same seed; the intervals follow from the seed."""

    def by_id(recording: Recording) -> ServedPrediction:
        number = int(recording.recording_id)
        return ServedPrediction(
            tuple((number * factor % 97) / 97 for factor in (3, 5, 7, 11, 13)), number % 7 / 7, frozenset()
        )

    once, again = (evaluate(fold, answering(by_id), FEW_RESAMPLES) for _ in range(2))
    other = evaluate(fold, answering(by_id), EvaluationSettings(resamples=20, seed=6))

    assert once == again
    assert other.ranking != once.ranking
    assert [one.auc and one.auc.value for one in other.ranking] == [one.auc and one.auc.value for one in once.ranking]
