"""TensorFlow and ONNX Runtime: the same network, the same answers."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ecg_model.bundle import SHIPPED_BUNDLES, Bundle, read_bundle, shipped_bundle_names
from ecg_model.classifier import Classifier, Prediction
from ecg_model.loading import Runtime, load_classifier
from ecg_model.manifest import AbstentionRule, Calibration, LeadRange
from ecg_model.recording import Recording
from ecg_server.model_watch import fingerprint
from ecg_testing.golden import KERAS_2, golden_recordings


def probabilities_of(classifier: Classifier, recordings: list[Recording]) -> np.ndarray:
    """Return the probabilities [recording, class] that a classifier gives in one batch."""
    outcomes = classifier.classify(recordings)
    return np.array([one.probabilities for one in outcomes if isinstance(one, Prediction)])


@pytest.mark.parametrize("name", shipped_bundle_names())
@pytest.mark.parametrize("runtime", Runtime)
def test_a_shipped_bundle_gives_its_golden_probabilities(name: str, runtime: Runtime) -> None:
    """In each runtime, to 1e-5 of what Keras computed when the bundle was made."""
    classifier = load_classifier(name, runtime)
    with np.load(SHIPPED_BUNDLES / name / "golden.npz") as golden:
        probabilities = classifier.network(golden["metadata"], golden["signal"])
        expected = golden["probabilities"]

    np.testing.assert_allclose(probabilities, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("runtime", Runtime)
def test_a_link_pointed_elsewhere_meanwhile_mixes_no_versions(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load keeps to the bundle that it began with; that the link has changed is seen all the same."""
    link = tmp_path / "current"
    link.symlink_to(SHIPPED_BUNDLES / "reference")
    before = fingerprint(str(link))

    def read_and_swap(folder: Path) -> Bundle:
        bundle = read_bundle(folder)
        link.unlink()
        link.symlink_to(SHIPPED_BUNDLES / "ensemble")
        return bundle

    monkeypatch.setattr("ecg_model.loading.read_bundle", read_and_swap)
    classifier = load_classifier(str(link), runtime)
    with np.load(SHIPPED_BUNDLES / "reference" / "golden.npz") as golden:
        probabilities = classifier.network(golden["metadata"], golden["signal"])
        np.testing.assert_allclose(probabilities, golden["probabilities"], atol=1e-5, rtol=0)
    assert classifier.manifest == read_bundle(SHIPPED_BUNDLES / "reference").manifest
    assert fingerprint(str(link)) != before


@pytest.mark.parametrize("runtime", Runtime)
def test_a_neighbour_never_changes_an_answer(runtime: Runtime) -> None:
    """Alone or among others, at any place of a batch: the same probabilities to 1e-5."""
    classifier = load_classifier("reference", runtime)
    recordings = golden_recordings(KERAS_2).recordings()
    alone = np.concatenate([probabilities_of(classifier, [one]) for one in recordings])

    for size in (2, 4, 16):
        together = probabilities_of(classifier, (recordings * 4)[-size:])
        np.testing.assert_allclose(together, np.tile(alone, (4, 1))[-size:], atol=1e-5, rtol=0)


def test_a_neighbour_never_changes_what_is_made_of_the_answer() -> None:
    """Calibrated probabilities and uncertainties to 1e-5, and the reasons for abstaining, at any place of a batch."""
    classifier = sceptical(load_classifier("reference", Runtime.ONNX))
    recordings = golden_recordings(KERAS_2).recordings()
    large = [replace(one, signal=one.signal * np.float32(20)) for one in recordings]
    mixed = [either for both in zip(recordings, large, strict=True) for either in both]
    alone = [predictions_of(classifier, [one])[0] for one in mixed]
    together = predictions_of(classifier, mixed)

    for one, other in zip(alone, together, strict=True):
        assert other.probabilities == pytest.approx(one.probabilities, abs=1e-5)
        assert other.uncertainty == pytest.approx(one.uncertainty, abs=1e-5)
        assert other.abstentions == one.abstentions
    assert {len(one.abstentions) > 1 for one in together} == {True, False}


def sceptical(classifier: Classifier) -> Classifier:
    """Return the classifier with a calibration and a rule for abstaining; none for signals, which here are noise."""
    manifest = classifier.manifest
    classes = [
        replace(one, calibration=Calibration(slope=0.5 + index / 4, intercept=index - 2))
        for index, one in enumerate(manifest.classes)
    ]
    ranges = [LeadRange(name=name, deviation_mv=(0, 9), step_deviation_mv=(0, 9)) for name in manifest.input.lead_names]
    rule = AbstentionRule(greatest_uncertainty=1, lead_ranges=tuple(ranges))
    return replace(classifier, manifest=replace(manifest, classes=tuple(classes), abstention=rule, signal_rule=None))


def predictions_of(classifier: Classifier, recordings: list[Recording]) -> list[Prediction]:
    """Return the predictions of one batch, in which nothing is refused."""
    outcomes = classifier.classify(recordings)
    predictions = [one for one in outcomes if isinstance(one, Prediction)]
    assert len(predictions) == len(outcomes)
    return predictions


def test_a_keras_file_can_be_served_by_onnx_runtime() -> None:
    """Converted when it is loaded, a file of Keras 2 still gives what its own Keras computes."""
    classifier = load_classifier(str(KERAS_2), Runtime.ONNX)
    golden = golden_recordings(KERAS_2)

    probabilities = probabilities_of(classifier, golden.recordings())
    np.testing.assert_allclose(probabilities, golden.probabilities, atol=1e-5, rtol=0)


def test_a_shipped_bundle_is_small_and_carries_its_attribution() -> None:
    """Under 12 MB, with the licence of the data beside the weights."""
    for name in shipped_bundle_names():
        folder = SHIPPED_BUNDLES / name
        assert sum(path.stat().st_size for path in folder.iterdir()) < 12_000_000
        assert "Creative Commons Attribution 4.0" in (folder / "ATTRIBUTION.md").read_text(encoding="utf-8")


def test_onnx_runtime_writes_nothing_down_for_its_makers(tmp_path: Path) -> None:
    """It would keep events, and an id of the machine, in the home directory, to be sent to them."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    program = "from ecg_model.loading import Runtime, load_classifier as load; load('reference', Runtime.ONNX).check()"

    subprocess.run([sys.executable, "-c", program], env={**environment, "HOME": str(tmp_path)}, check=True)  # noqa: S603 - our own

    assert list(tmp_path.rglob("*")) == []
