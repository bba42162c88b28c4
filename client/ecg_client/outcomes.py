"""What became of each recording that a user asked about, whether it was classified, refused or never read."""

import collections
import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ecg_client.connection import MAX_MESSAGE_BYTES
from ecg_client.convert import signal_byte_count
from ecg_client.errors import FieldViolation, InvalidRecordingError, RecordingRefusedError, UnreadableFileError
from ecg_client.prediction import Prediction, RecordingError, RecordingResult
from ecg_client.recording import Recording

if TYPE_CHECKING:
    from ecg_client.client import EcgClient

Item = Recording | UnreadableFileError | InvalidRecordingError
"""A recording, or why there is none."""

UNREADABLE_FILE = "UNREADABLE_FILE"
INVALID_RECORDING = "INVALID_RECORDING"
RECORDING_TOO_LARGE = "RECORDING_TOO_LARGE"

# What a message holds besides a signal is less than this.
_SIGNAL_BYTES = MAX_MESSAGE_BYTES - 4096


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
        remarks: What the reader of its file has to say about it.
    """

    name: str
    prediction: Prediction | None = None
    problem: Problem | None = None
    labels: Mapping[str, int] | None = None
    remarks: tuple[str, ...] = ()


def predict_each(
    client: "EcgClient",
    items: Iterable[Item],
    *,
    include_windows: bool = False,
    model_version: str = "",
) -> Iterator[Outcome]:
    """Classifies recordings with one call each."""
    predict = functools.partial(client.predict, include_windows=include_windows, model_version=model_version)
    for item in map(_sendable, items):
        yield item if isinstance(item, Outcome) else _predicted(item, predict)


def predict_all(
    client: "EcgClient",
    items: Iterable[Item],
    timeout_s: float | None = None,
    *,
    include_windows: bool = False,
    model_version: str = "",
) -> Iterator[Outcome]:
    """Classifies recordings over one stream; outcomes come in the order of the items."""
    outcomes = OutcomesInOrder()
    results = client.predict_stream(
        outcomes.sent(items), timeout_s=timeout_s, include_windows=include_windows, model_version=model_version
    )
    for result in results:
        yield from outcomes.answered(result)
    yield from outcomes.left()


class OutcomesInOrder:
    """The outcomes of items that go through a stream, in the order of the items, whether they can be sent or not."""

    def __init__(self) -> None:
        # The stream takes items in another thread. Each is noted before it can be sent, so it is there when its result
        # is.
        self._taken: collections.deque[Recording | Outcome] = collections.deque()

    def sent(self, items: Iterable[Item]) -> Iterator[Recording]:
        """Yields the recordings that can be sent."""
        for item in map(_sendable, items):
            self._taken.append(item)
            if isinstance(item, Recording):
                yield item

    def answered(self, result: RecordingResult) -> Iterator[Outcome]:
        """Yields the outcome of the next recording that was sent, after those of items before it."""
        while isinstance(item := self._taken.popleft(), Outcome):
            yield item
        yield _answered(result, item)

    def left(self) -> Iterator[Outcome]:
        """Yields the outcomes of items after the last recording that was sent."""
        yield from (item for item in self._taken if isinstance(item, Outcome))


def _sendable(item: Item) -> Recording | Outcome:
    """A recording that can be sent; of anything else the outcome, which is known without asking."""
    if isinstance(item, UnreadableFileError):
        return Outcome(str(item.path), problem=Problem(UNREADABLE_FILE, item.problem))
    if isinstance(item, InvalidRecordingError):
        return Outcome("", problem=Problem(INVALID_RECORDING, str(item)))
    # grpc would end the whole stream for it.
    if signal_byte_count(item) > _SIGNAL_BYTES:
        return _outcome(item, problem=Problem(RECORDING_TOO_LARGE, "no message can hold it; cut it into pieces"))
    return item


def _predicted(recording: Recording, predict: Callable[[Recording], Prediction]) -> Outcome:
    try:
        prediction = predict(recording)
    except RecordingRefusedError as error:
        return _outcome(recording, problem=Problem(error.reason, error.message, error.field_violations))
    return _outcome(recording, prediction)


def _answered(result: RecordingResult, recording: Recording) -> Outcome:
    problem = None if result.error is None else _refused(result.error)
    return _outcome(recording, result.prediction, problem)


def _outcome(recording: Recording, prediction: Prediction | None = None, problem: Problem | None = None) -> Outcome:
    return Outcome(recording.recording_id, prediction, problem, recording.labels, recording.remarks)


def _refused(error: RecordingError) -> Problem:
    return Problem(error.reason, error.message, error.field_violations)
