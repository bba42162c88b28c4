"""Figures of quality, measured on the network as it is served."""

import numpy as np
import numpy.typing as npt
from sklearn.metrics import precision_recall_curve, roc_auc_score

from ecg_model.classifier import Network
from ecg_model.manifest import QualityFigure
from ecg_model.recording import FloatArray
from ecg_training.dataset import Dataset

BATCH_SIZE = 64


def predict(network: Network, dataset: Dataset) -> FloatArray:
    """Return the probabilities [recording, class] that a network gives a data set."""
    batches = range(0, len(dataset), BATCH_SIZE)
    return np.concatenate(
        [
            network(dataset.metadata[start : start + BATCH_SIZE], dataset.signal[start : start + BATCH_SIZE])
            for start in batches
        ]
    )


def auc_per_class(labels: FloatArray, probabilities: FloatArray) -> npt.NDArray[np.float64]:
    """Return the area under the ROC curve of each class; their mean is the macro-AUC."""
    return np.array([roc_auc_score(labels[:, index], probabilities[:, index]) for index in range(labels.shape[1])])


def auc_figures(
    labels: FloatArray, probabilities: FloatArray, class_codes: tuple[str, ...], measured_on: str
) -> tuple[QualityFigure, ...]:
    """Return the macro-AUC and the AUC of each class as a manifest keeps them."""
    areas = auc_per_class(labels, probabilities)
    macro = QualityFigure(name="macro_auc", value=round(float(areas.mean()), 4), measured_on=measured_on)
    return macro, *(
        QualityFigure(name="auc", class_code=code, value=round(float(area), 4), measured_on=measured_on)
        for code, area in zip(class_codes, areas, strict=True)
    )


def best_f1_threshold(labels: npt.NDArray[np.float32], probabilities: npt.NDArray[np.float32]) -> float:
    """Return the threshold that gives one class its greatest F1."""
    precision, recall, thresholds = precision_recall_curve(labels, probabilities)
    # The last point of the curve has no threshold. Where both are 0 the F1 is 0.
    f1 = 2 * precision[:-1] * recall[:-1] / np.maximum(precision[:-1] + recall[:-1], np.finfo(float).tiny)
    return round(float(thresholds[np.argmax(f1)]), 4)
