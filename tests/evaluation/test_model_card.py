import hashlib
import json
from pathlib import Path

import pytest

from ecg_evaluation.model_card.__main__ import main
from ecg_evaluation.model_card.shipped import read_shipped_models
from ecg_model.bundle import DEFAULT_BUNDLE, MANIFEST_FILE, SHIPPED_BUNDLES, shipped_bundle_names

DOCS = Path(__file__).resolve().parents[2] / "docs"
EVALUATIONS = DOCS / "evaluation"
CARD = DOCS / "model-card.md"


def test_the_committed_card_is_what_the_committed_evaluations_say(tmp_path: Path) -> None:
    """`make model-card` was run after the last evaluation."""
    card = tmp_path / "docs" / "model-card.md"
    card.parent.mkdir()
    (card.parent / "evaluation").symlink_to(EVALUATIONS)

    assert main([str(card.parent / "evaluation"), "--output", str(card)]) == 0
    assert card.read_text(encoding="utf-8") == CARD.read_text(encoding="utf-8")


def test_the_evaluations_are_of_the_bundles_that_ship() -> None:
    """Each bundle has one, of its very manifest, through the runtime that it ships for; the default comes first."""
    models = read_shipped_models(EVALUATIONS)

    assert sorted(one.manifest.name for one in models) == sorted(shipped_bundle_names())
    assert models[0].manifest.name == DEFAULT_BUNDLE
    for one in models:
        digest = hashlib.sha256((SHIPPED_BUNDLES / one.manifest.name / MANIFEST_FILE).read_bytes()).hexdigest()
        assert one.evaluation.model.manifest_sha256 == digest
        assert (one.evaluation.model.served_by, one.evaluation.model.runtime) == ("classifier", "onnx")
        assert one.evaluation.data.folds == (9,)
        assert (EVALUATIONS / f"{one.stem}.png").is_file()


def test_the_card_says_what_a_reader_must_know() -> None:
    """That it is no medical device; licence, digests, and the size of the stage leak."""
    card = CARD.read_text(encoding="utf-8")

    for text in ("Not a medical device", "CC BY 4.0", "https://doi.org/10.13026/kfzx-aw45", "541 of 558 (97.0 %)"):
        assert text in card
    for one in read_shipped_models(EVALUATIONS):
        assert one.manifest.sha256 in card
        assert str(one.manifest.onnx_sha256) in card


def change(folder: Path, change_of: dict[str, object]) -> None:
    """Copy the evaluations into a folder, the default bundle's with another model."""
    for path in EVALUATIONS.glob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["model"]["name"] == DEFAULT_BUNDLE:
            content["model"].update(change_of)
        (folder / path.name).write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"manifest_sha256": "0" * 64}, "another manifest"),
        ({"manifest_sha256": None}, "another manifest"),
        ({"name": "nonesuch"}, "has 0 evaluations"),
    ],
)
def test_an_evaluation_of_something_else_makes_no_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, object], problem: str
) -> None:
    """One line says what to do, and no card is written."""
    change(tmp_path, changed)

    assert main([str(tmp_path), "--output", str(tmp_path / "card.md")]) == 1
    assert problem in capsys.readouterr().err
    assert not (tmp_path / "card.md").exists()
