"""One stream's recordings: which were sent, and which of them were answered, how often, in what order and how."""

import itertools
import threading
from collections.abc import Iterator

from ecg_client import Recording, RecordingResult
from soak.account import Account, Outcome
from soak.samples import Sample


class Ledger:
    """What is known of one stream.

    Args:
        samples: where its recordings come from.
        count: how many it has.
        model_version: which model is to answer.
        account: where it is counted what became of them.
    """

    def __init__(self, samples: Iterator[Sample], count: int, model_version: str, account: Account) -> None:
        self._samples = itertools.islice(samples, count)
        self._model_version = model_version
        self._account = account
        self._lock = threading.Lock()
        self._open: dict[int, Sample] = {}
        self._sent = 0
        self._next = 0
        self._is_closed = False
        self.results = 0

    def recordings(self) -> Iterator[Recording]:
        """Yield the recordings, each with its number for an id; no more once the stream has ended."""
        for sample in self._samples:
            with self._lock:
                if self._is_closed:
                    return
                number, self._sent = self._sent, self._sent + 1
                self._open[number] = sample
                self._account.send()
            yield sample.numbered(number)

    def add(self, result: RecordingResult) -> None:
        """Count a result."""
        self.results += 1
        number = int(result.recording_id)
        with self._lock:
            sample = self._open.pop(number, None)
        where = f"recording {number} of a stream"
        if sample is None:
            self._account.note(Outcome.DUPLICATED, detail=where)
        elif number < self._next:
            self._account.note(Outcome.OUT_OF_ORDER, detail=f"{where}, where {self._next} was next")
        else:
            self._judge(sample, result, where)
        self._next = max(self._next, number + 1)

    def end(self, outcome: Outcome, detail: str = "") -> None:
        """Count what became of those that have no answer, now that the stream has ended."""
        with self._lock:
            self._is_closed = True
            unanswered = list(self._open)
            self._open.clear()
        passed_over = [number for number in unanswered if number < self._next]
        self._note_unanswered(Outcome.LOST, passed_over, "passed over")
        self._note_unanswered(outcome, unanswered[len(passed_over) :], detail)

    def _note_unanswered(self, outcome: Outcome, numbers: list[int], detail: str) -> None:
        where = f"recordings {numbers[:5]} of a stream of {self._sent}"
        self._account.note(outcome, len(numbers), f"{where}: {detail}")

    def _judge(self, sample: Sample, result: RecordingResult, where: str) -> None:
        if result.sequence_number != self.results - 1:
            objection = f"its result has the number {result.sequence_number}"
        elif result.prediction is not None:
            objection = sample.objection(result.prediction, self._model_version)
        elif result.error is not None:
            objection = sample.objection_to_error(result.error)
        else:
            objection = "neither a prediction nor an error"
        right = Outcome.REFUSED if sample.reason else Outcome.ANSWERED
        self._account.note(Outcome.WRONG if objection else right, detail=f"{where}: {objection}")
