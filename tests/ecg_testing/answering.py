"""Models under evaluation whose answers follow from the recording alone, so that figures can be told by hand."""

from collections.abc import Callable, Iterable, Iterator

from ecg_client.formats.ptbxl import CLASS_CODES
from ecg_client.recording import Recording
from ecg_evaluation.answers import Answer, ServedModel, ServedPoint
from ecg_evaluation.evaluation import ModelUsed

HALF = ServedPoint("half", "One half.", (0.5,) * 5, is_active=True)
NEVER = ServedPoint("never", "Finds nothing.", (1.0,) * 5, is_active=False)


def answering(answer: Callable[[Recording], Answer | None], *points: ServedPoint) -> ServedModel:
    """Return a model that answers what a function says, at the operating points HALF and NEVER unless told others."""

    def answer_all(recordings: Iterable[Recording]) -> Iterator[Answer | None]:
        return map(answer, recordings)

    return ServedModel(
        used=ModelUsed(name="fake", version="1", sha256="0" * 64, class_codes=CLASS_CODES, served_by="classifier"),
        operating_points=points or (HALF, NEVER),
        answer=answer_all,
    )


def told_by_labels(recording: Recording) -> Answer:
    """Answer 0.9 for the classes that a recording shows and 0.1 for the others."""
    labels = recording.labels or {}
    return Answer(tuple(0.9 if labels[code] else 0.1 for code in CLASS_CODES), 0.25, frozenset())
