"""From a folder to the figures of explanations, and to the report."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from ecg_evaluation.explanations.__main__ import main
from ecg_evaluation.explanations.deletion import lead_deletions, orders, time_deletions
from ecg_evaluation.explanations.figures import ExplanationFigures
from ecg_evaluation.explanations.measuring import (
    GRADIENTS,
    LEADS,
    OCCLUSION,
    ZEROED,
    ExplanationSettings,
    measure_explanations,
)
from ecg_evaluation.explanations.randomised import rank_correlation, size_by_chance
from ecg_evaluation.explanations.report import to_markdown
from ecg_model.explanation.seen import seen_by_network
from ecg_model.loading import Runtime, load_classifier
from ecg_testing.documented import ROOT
from ecg_testing.shipped import shipped_recordings

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def committed() -> ExplanationFigures:
    """What was measured on PTB-XL."""
    return TypeAdapter(ExplanationFigures).validate_json((DOCS / "explanations.json").read_bytes(), extra="forbid")


def test_parts_are_deleted_one_after_the_other() -> None:
    """Leads become 0 mV, half seconds straight lines; what is not yet deleted is as it was."""
    classifier = load_classifier("reference", Runtime.ONNX)
    seen = seen_by_network(shipped_recordings()[0], classifier.manifest, None)
    signal = seen.signals[0]

    leads = lead_deletions(seen, [6, 0, *range(1, 6), *range(7, 12)])
    assert len(leads) == 13
    assert np.array_equal(leads[0], signal)
    assert not leads[2][:, [0, 6]].any()
    assert np.array_equal(leads[2][:, 1:6], signal[:, 1:6])
    assert not leads[12].any()

    times = time_deletions(seen, [3, 4, *range(3), *range(5, 20)])
    assert len(times) == 21
    assert np.array_equal(times[2][:150], signal[:150])
    assert np.array_equal(times[2][250:], signal[250:])
    assert np.allclose(np.diff(times[2][149:251], n=2, axis=0), 0, atol=1e-5)


def test_parts_go_by_what_they_say() -> None:
    """Those that speak for the class first, or last, or in an order that the seed tells."""
    ordered = orders([0.1, -0.2, 0.3], np.random.default_rng(0))
    assert ordered["first"].tolist() == [2, 0, 1]
    assert ordered["last"].tolist() == [1, 0, 2]
    assert sorted(ordered["random"].tolist()) == [0, 1, 2]


def test_rank_correlation() -> None:
    """1 in the same order, -1 in the opposite one, 0 where there is none; of ranks by chance as theory has it."""
    rising = np.array([0.1, 0.2, 0.5, 4.0])
    assert rank_correlation(rising, rising**3) == pytest.approx(1)
    assert rank_correlation(rising, -rising) == pytest.approx(-1)
    assert rank_correlation(rising, np.zeros(4)) == 0
    # Nearly normal, with the variance 1 / (n - 1).
    assert size_by_chance(20, seed=0) == pytest.approx(np.sqrt(2 / np.pi / 19), rel=0.03)


def test_a_folder_is_measured(annotated_folder: Path) -> None:
    """On two inferior infarctions, and two recordings with a finding, of synthetic ECGs."""
    settings = ExplanationSettings(model="reference", infarctions=4, deletions=2, randomised=1, networks=1, resamples=5)
    figures = measure_explanations(annotated_folder, settings)

    assert (figures.data.infarctions, figures.data.deletions, figures.data.randomised) == (2, 2, 1)
    inferior = [one for one in figures.walls if one.wall == "inferior" and not one.found_only]
    assert [one.method for one in inferior] == [OCCLUSION, ZEROED, GRADIENTS]
    assert {one.recordings for one in inferior} == {2}
    assert all(one.area is not None and 0 <= one.area.value <= 1 for one in inferior)
    assert all(one.area is None for one in figures.contrasts)
    same = next(one for one in figures.randomised if (one.method, one.parts) == (OCCLUSION, LEADS)).same
    assert same is not None
    assert same.value > 0.9
    assert figures.completeness.explanations == 4
    assert "| inferior | all | occlusion | 2 |" in to_markdown(figures, "explanations")


def test_a_folder_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with status 1."""
    assert main([str(tmp_path)]) == 1
    assert "scp_statements.csv" in capsys.readouterr().err


def test_the_committed_page_is_what_the_committed_figures_say(committed: ExplanationFigures) -> None:
    """To the letter."""
    assert (DOCS / "explanations.md").read_text(encoding="utf-8") == to_markdown(committed, "explanations")
    assert "NaN" not in json.dumps(json.loads((DOCS / "explanations.json").read_text(encoding="utf-8")))
    defaults = ExplanationSettings()
    assert (committed.data.fold, committed.data.resamples) == (defaults.fold, defaults.resamples)


def test_explanations_go_with_what_was_learned(committed: ExplanationFigures) -> None:
    """Shuffled networks are explained otherwise than the network, which both runtimes explain alike."""
    for one in committed.randomised:
        assert one.size is not None
        assert one.size.value < one.size_by_chance + 0.2
        if one.same is not None:
            assert one.same.value > 0.99


def test_explanations_know_what_matters(committed: ExplanationFigures) -> None:
    """Less is left of a finding when what speaks for it goes first than at random, by more than chance."""
    for one in committed.deletions:
        assert one.gain is not None
        assert one.gain.low > 0


def test_leads_that_speak_for_an_infarction_are_those_of_its_wall_more_often_than_chance(
    committed: ExplanationFigures,
) -> None:
    """Where the model finds it, by both methods, in both walls; and the walls are told apart."""
    told = [one for one in committed.walls if one.found_only and one.method != ZEROED]
    assert len(told) == 4
    for one in told:
        assert one.area is not None
        assert one.area.low > 0.5
    for one in (each for each in committed.contrasts if each.method != ZEROED):
        assert one.area is not None
        assert one.area.low > 0.5
