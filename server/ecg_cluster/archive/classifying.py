"""Recordings in, outcomes out: what the service does with a stream, in this process and without a wire.

A recording goes through the very messages and converters that it would go through on its way to a server and back. That
costs a fraction of the network's time, and makes the rows those that `ecg stream` writes, to the last digit and word.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ecg.v1 import prediction_pb2, recording_pb2
from ecg_client.convert import recording_to_proto, result_from_proto
from ecg_client.outcomes import Item, Outcome, OutcomesInOrder
from ecg_client.prediction import RecordingResult
from ecg_client.recording import Recording as FileRecording
from ecg_model.classifier import Classifier, Prediction
from ecg_model.errors import InvalidRecordingError
from ecg_model.recording import Recording
from ecg_server.errors import ClassificationFailedError
from ecg_server.prediction_conversion import PredictionConverter
from ecg_server.recording_conversion import recording_from_proto
from ecg_server.status import recording_error

BATCH_RECORDINGS = 16

Answer = Prediction | InvalidRecordingError | ClassificationFailedError

logger = logging.getLogger(__name__)


class LocalService:
    """Classifies recordings as the service does.

    Args:
        classifier: the model.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._converter = PredictionConverter(classifier)

    def outcomes(self, items: Iterable[Item]) -> Iterator[Outcome]:
        """Yield what becomes of each item, in their order."""
        in_order = OutcomesInOrder()
        sent = in_order.sent(items)
        while batch := list(islice(sent, BATCH_RECORDINGS)):
            for result in self._results(batch):
                yield from in_order.answered(result)
        yield from in_order.left()

    def _results(self, batch: Sequence[FileRecording]) -> Iterator[RecordingResult]:
        messages = [recording_to_proto(recording) for recording in batch]
        decoded = [_decoded(message) for message in messages]
        answers = iter(self._answers([one for one in decoded if isinstance(one, Recording)]))
        for message, one in zip(messages, decoded, strict=True):
            yield self._result(message.recording_id, next(answers) if isinstance(one, Recording) else one)

    def _answers(self, recordings: Sequence[Recording]) -> Sequence[Answer]:
        if not recordings:
            return []
        try:
            return self._classifier.classify(recordings)
        except Exception:
            if len(recordings) == 1:
                logger.exception("a recording could not be classified")
                return [ClassificationFailedError()]
            # One of them is to blame: here, unlike in a server, nobody waits.
            return [answer for one in recordings for answer in self._answers([one])]

    def _result(self, recording_id: str, answer: Answer) -> RecordingResult:
        message = prediction_pb2.RecordingResult(recording_id=recording_id)
        if isinstance(answer, Prediction):
            self._converter.fill(message.prediction, answer, recording_id)
        else:
            message.error.CopyFrom(recording_error(answer))
        return result_from_proto(message)


def _decoded(message: recording_pb2.Recording) -> Recording | InvalidRecordingError:
    try:
        return recording_from_proto(message)
    except InvalidRecordingError as error:
        return error
