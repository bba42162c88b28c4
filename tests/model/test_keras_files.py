"""Keras files of both dialects: served exactly, and described as Keras describes them."""

import re

import numpy as np

from ecg_model.bare_model import bare_classes
from ecg_model.classifier import Classifier, Prediction
from ecg_model.keras_file import sha256_of
from ecg_testing.golden import GOLDEN, PARAMETERS, golden_recordings


def probabilities_of(outcomes: list[object]) -> np.ndarray:
    """Return the probabilities [recording, class] of predictions."""
    return np.array([one.probabilities for one in outcomes if isinstance(one, Prediction)])


def test_the_probabilities_are_those_of_the_keras_that_wrote_the_file(golden_classifier: Classifier) -> None:
    """A file of either dialect, its inputs in either order, is served to 1e-5 of what its own Keras computes."""
    expected = golden_recordings(GOLDEN / f"{golden_classifier.manifest.name}.keras")
    outcomes = golden_classifier.classify(expected.recordings())

    np.testing.assert_allclose(probabilities_of(list(outcomes)), expected.probabilities, atol=1e-5, rtol=0)


def test_a_neighbour_never_changes_an_answer(golden_classifier: Classifier) -> None:
    """Alone, in a batch of its like, in reverse: the probabilities are the same to 1e-5."""
    recordings = golden_recordings(GOLDEN / "keras2.keras").recordings()
    alone = np.concatenate([probabilities_of(list(golden_classifier.classify([one]))) for one in recordings])

    for size in (2, 4, 16):
        batch = (recordings * 4)[-size:]
        together = probabilities_of(list(golden_classifier.classify(batch)))
        np.testing.assert_allclose(together, np.tile(alone, (4, 1))[-size:], atol=1e-5, rtol=0)


def test_the_summary_is_the_one_keras_prints(golden_classifier: Classifier) -> None:
    """Its text has the columns and the totals."""
    text = golden_classifier.manifest.summary.text

    for words in ("Layer (type)", "Output Shape", "Param #", "Connected to"):
        assert words in text
    # The older Keras writes the total without a comma.
    assert re.search(r"^\s*Total params: 185,?997\b", text, re.MULTILINE)
    assert re.search(r"^\s*Trainable params: 185,?061\b", text, re.MULTILINE)
    assert re.search(r"^\s*Non-trainable params: 936\b", text, re.MULTILINE)
    for name in ("X_inputs", "Y_inputs", "conv1d", "batch_normalization", "concatenate"):
        assert name in text


def test_the_layers_add_up_to_the_total(golden_classifier: Classifier) -> None:
    """The typed layers have every parameter, and are connected to layers that are there."""
    summary = golden_classifier.manifest.summary

    assert summary.parameter_count == PARAMETERS
    assert sum(layer.parameter_count for layer in summary.layers) == PARAMETERS
    names = [layer.name for layer in summary.layers]
    assert len(set(names)) == len(names)
    assert {parent for layer in summary.layers for parent in layer.connected_to} <= set(names)
    inputs = {layer.name: layer for layer in summary.layers if layer.type == "InputLayer"}
    assert set(inputs) == {"X_inputs", "Y_inputs"}
    assert all(layer.connected_to for layer in summary.layers if layer.name not in inputs)
    (convolution,) = (layer for layer in summary.layers if layer.name == "conv1d")
    assert (convolution.type, convolution.output_shape) == ("Conv1D", "(None, 1000, 64)")
    assert convolution.parameter_count == 7 * 12 * 64 + 64


def test_a_keras_file_without_a_manifest_has_the_usual_conventions(golden_classifier: Classifier) -> None:
    """It is named like its file, has no version, its digest, and a threshold of 0.5 for each of the five classes."""
    manifest = golden_classifier.manifest

    assert (manifest.name, manifest.version) in {("keras2", ""), ("keras3", "")}
    assert manifest.sha256 == sha256_of(GOLDEN / f"{manifest.name}.keras")
    assert manifest.classes == bare_classes()
    assert [one.code for one in manifest.classes] == ["NORM", "MI", "STTC", "CD", "HYP"]


def test_no_probability_is_nan_however_large_the_samples(golden_classifier: Classifier) -> None:
    """Finite samples so large that the network overflows must not be answered as if they meant something."""
    (recording, *_) = golden_recordings(GOLDEN / "keras2.keras").recordings()
    recording.signal[...] = np.where(recording.signal > 0, 3e38, -3e38)
    (outcome,) = golden_classifier.classify([recording])

    assert not isinstance(outcome, Prediction) or np.isfinite(outcome.probabilities).all()
