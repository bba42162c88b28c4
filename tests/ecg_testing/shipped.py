"""The recordings on which the shipped bundles' probabilities are pinned."""

from collections.abc import Sequence

import numpy as np

from ecg_client.formats.synthetic import generate_recordings
from ecg_model.classifier import Classifier, Prediction
from ecg_model.recording import LeadName, PatientMetadata, Recording, Sex

COUNT = 10
PATIENTS = (
    PatientMetadata(),
    PatientMetadata(age_years=34, sex=Sex.FEMALE, height_cm=168, weight_kg=62),
    PatientMetadata(age_years=71, sex=Sex.MALE, has_pacemaker=False),
)


def shipped_recordings() -> list[Recording]:
    """Return synthetic recordings of every rhythm, of patients of whom nothing, everything and something is known."""
    return [
        Recording(
            one.signal.astype(np.float32) / np.float32(1000), 100, tuple(LeadName), PATIENTS[index % len(PATIENTS)]
        )
        for index, one in enumerate(generate_recordings(COUNT, seed=7))
    ]


def probabilities_of(classifier: Classifier, recordings: Sequence[Recording]) -> list[tuple[float, ...]]:
    """Return what a classifier says of each recording, all of them in one batch."""
    predictions = [one for one in classifier.classify(recordings) if isinstance(one, Prediction)]
    assert len(predictions) == len(recordings)
    return [one.probabilities for one in predictions]
