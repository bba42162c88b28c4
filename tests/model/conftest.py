"""Fixtures for the tests of the model."""

import pytest

from ecg_model.classifier import Classifier
from ecg_model.loading import load_classifier
from ecg_testing.golden import KERAS_2, KERAS_3


@pytest.fixture(scope="session")
def golden_classifiers() -> dict[str, Classifier]:
    """The classifiers of the golden files, which are Keras files without a manifest in both dialects."""
    return {path.stem: load_classifier(str(path)) for path in (KERAS_2, KERAS_3)}


@pytest.fixture(params=["keras2", "keras3"])
def golden_classifier(request: pytest.FixtureRequest, golden_classifiers: dict[str, Classifier]) -> Classifier:
    """The classifier of each golden file in turn."""
    return golden_classifiers[request.param]
