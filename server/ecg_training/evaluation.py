"""Figures of quality, measured on the network as it is served."""

import numpy as np

from ecg_evaluation.ranking import auc_per_class
from ecg_evaluation.risk_coverage import most_certain
from ecg_model.classifier import Network
from ecg_model.manifest import QualityFigure
from ecg_model.recording import FloatArray
from ecg_model.uncertainty import uncertainty
from ecg_training.dataset import Dataset

BATCH_SIZE = 64
COVERAGE = 0.8


def predict(network: Network, dataset: Dataset) -> FloatArray:
    """Return the probabilities [recording, class] that a network gives a data set."""
    batches = range(0, len(dataset), BATCH_SIZE)
    return np.concatenate(
        [
            network(dataset.metadata[start : start + BATCH_SIZE], dataset.signal[start : start + BATCH_SIZE])
            for start in batches
        ]
    )


def quality_figures(
    labels: FloatArray,
    probabilities: FloatArray,
    without_metadata: FloatArray,
    class_codes: tuple[str, ...],
    measured_on: str,
) -> tuple[QualityFigure, ...]:
    """Return the essential figures, as a manifest keeps them.

    Args:
        labels: [recording, class], 0 or 1.
        probabilities: [recording, class], calibrated.
        without_metadata: the same for patients of whom nothing is known.
        class_codes: of the columns.
        measured_on: what the recordings are, in words.
    """

    def figure(name: str, value: float, class_code: str = "") -> QualityFigure:
        return QualityFigure(name=name, class_code=class_code, value=round(float(value), 4), measured_on=measured_on)

    shown = labels == 1
    areas = auc_per_class(shown, probabilities)
    certain = most_certain(uncertainty(probabilities), COVERAGE)
    return (
        figure("macro_auc", areas.mean()),
        *(figure("auc", area, code) for code, area in zip(class_codes, areas, strict=True)),
        figure("macro_auc_without_metadata", auc_per_class(shown, without_metadata).mean()),
        figure("macro_auc_of_most_certain_80_percent", auc_per_class(shown[certain], probabilities[certain]).mean()),
    )
