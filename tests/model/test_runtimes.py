"""TensorFlow and ONNX Runtime: the same network, the same answers."""

import numpy as np
import pytest

from ecg_model.bundle import SHIPPED_BUNDLES, shipped_bundle_names
from ecg_model.classifier import Classifier, Prediction
from ecg_model.loading import Runtime, load_classifier
from ecg_model.recording import Recording
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
def test_a_neighbour_never_changes_an_answer(runtime: Runtime) -> None:
    """Alone or among others, at any place of a batch: the same probabilities to 1e-5."""
    classifier = load_classifier("reference", runtime)
    recordings = golden_recordings(KERAS_2).recordings()
    alone = np.concatenate([probabilities_of(classifier, [one]) for one in recordings])

    for size in (2, 4, 16):
        together = probabilities_of(classifier, (recordings * 4)[-size:])
        np.testing.assert_allclose(together, np.tile(alone, (4, 1))[-size:], atol=1e-5, rtol=0)


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
