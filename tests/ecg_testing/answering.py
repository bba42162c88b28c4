"""Models under evaluation whose predictions follow from the recording alone, so that figures can be told by hand."""

from collections.abc import Callable, Iterable, Iterator

from ecg_client.formats.ptbxl import CLASS_CODES
from ecg_client.recording import Recording
from ecg_evaluation.evaluation import ModelUsed
from ecg_evaluation.served_model import Refusal, ServedModel, ServedPoint, ServedPrediction

HALF = ServedPoint("half", "One half.", (0.5,) * 5, is_active=True)
NEVER = ServedPoint("never", "Finds nothing.", (1.0,) * 5, is_active=False)


def answering(predict: Callable[[Recording], ServedPrediction | Refusal], *points: ServedPoint) -> ServedModel:
    """Return a model that says what a function says, at the operating points HALF and NEVER unless told others."""

    def predict_all(recordings: Iterable[Recording]) -> Iterator[ServedPrediction | Refusal]:
        return map(predict, recordings)

    return ServedModel(
        used=ModelUsed(name="fake", version="1", sha256="0" * 64, class_codes=CLASS_CODES, served_by="classifier"),
        operating_points=points or (HALF, NEVER),
        predict=predict_all,
    )


def told_by_labels(recording: Recording) -> ServedPrediction:
    """Say 0.9 for the classes that a recording shows and 0.1 for the others."""
    labels = recording.labels or {}
    return ServedPrediction(tuple(0.9 if labels[code] else 0.1 for code in CLASS_CODES), 0.25, frozenset())
