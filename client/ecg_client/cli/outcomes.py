"""What became of each recording that a user asked about, whether it was classified, refused or never read."""

import collections
import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from ecg_client.client import EcgClient
from ecg_client.errors import FieldViolation, RecordingRefusedError, UnreadableFileError
from ecg_client.prediction import Prediction, RecordingError, RecordingResult
from ecg_client.recording import Recording

UNREADABLE_FILE = "UNREADABLE_FILE"


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no prediction.

    Attributes:
        reason: The reason as a constant in UPPER_SNAKE.
        message: The reason in words, with the remedy.
        field_violations: The fields that are wrong.
    """

    reason: str
    message: str
    field_violations: tuple[FieldViolation, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recording. Either `prediction` or `problem` is given.

    Attributes:
        name: The recording's id, or the path of a file that could not be read.
        prediction: The prediction, or None.
        problem: Why there is none, or None.
        labels: What the recording is known to show.
    """

    name: str
    prediction: Prediction | None = None
    problem: Problem | None = None
    labels: Mapping[str, int] | None = None


def predict_each(client: EcgClient, items: Iterable[Recording | UnreadableFileError]) -> Iterator[Outcome]:
    """Classifies recordings with one call each."""
    for item in items:
        if isinstance(item, UnreadableFileError):
            yield _unreadable(item)
        else:
            yield _predict(client, item)


def predict_all(
    client: EcgClient, items: Iterable[Recording | UnreadableFileError], timeout_s: float | None = None
) -> Iterator[Outcome]:
    """Classifies recordings over one stream; outcomes come in the order of the items."""
    # The stream takes items in another thread. Each is noted before it can be sent, so it is there when its result is.
    taken: collections.deque[Recording | UnreadableFileError] = collections.deque()
    for result in client.predict_stream(_readable(items, taken), timeout_s=timeout_s):
        while isinstance(item := taken.popleft(), UnreadableFileError):
            yield _unreadable(item)
        yield _answered(result, item)
    yield from (_unreadable(item) for item in taken if isinstance(item, UnreadableFileError))


def _readable(
    items: Iterable[Recording | UnreadableFileError], taken: collections.deque[Recording | UnreadableFileError]
) -> Iterator[Recording]:
    for item in items:
        taken.append(item)
        if isinstance(item, Recording):
            yield item


def _predict(client: EcgClient, recording: Recording) -> Outcome:
    try:
        prediction = client.predict(recording)
    except RecordingRefusedError as error:
        problem = Problem(error.reason, error.message, error.field_violations)
        return Outcome(recording.recording_id, problem=problem, labels=recording.labels)
    return Outcome(recording.recording_id, prediction=prediction, labels=recording.labels)


def _answered(result: RecordingResult, recording: Recording) -> Outcome:
    problem = None if result.error is None else _refused(result.error)
    return Outcome(recording.recording_id, result.prediction, problem, recording.labels)


def _refused(error: RecordingError) -> Problem:
    return Problem(error.reason, error.message, error.field_violations)


def _unreadable(error: UnreadableFileError) -> Outcome:
    return Outcome(str(error.path), problem=Problem(UNREADABLE_FILE, error.problem))
