"""Recordings whose answers are known, and a count of how they were answered: once, in order, rightly."""

import dataclasses
import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ecg_client import EcgClient, Prediction, Recording, RecordingResult
from ecg_client.formats.synthetic import generate_recording

TOLERANCE = 1e-5


@dataclasses.dataclass(frozen=True)
class KnownAnswers:
    """A few recordings and what a service says of each, asked one by one.

    Attributes:
        recordings: the recordings.
        probabilities: [recording, class].
    """

    recordings: Sequence[Recording]
    probabilities: np.ndarray

    def numbered(self, first: int = 0) -> Iterator[Recording]:
        """Return the recordings again and again, each with its number for an id."""
        for number in itertools.count(first):
            recording = self.recordings[number % len(self.recordings)]
            yield dataclasses.replace(recording, recording_id=str(number))

    def is_right(self, number: int, prediction: Prediction | None) -> bool:
        """Return whether a prediction is that of the recording of this number."""
        return prediction is not None and self.agrees(number, [one.probability for one in prediction.classes])

    def agrees(self, number: int, probabilities: Sequence[float]) -> bool:
        """Return whether probabilities are those of the recording of this number."""
        expected = self.probabilities[number % len(self.recordings)]
        return len(probabilities) == len(expected) and bool(np.abs(expected - probabilities).max() <= TOLERANCE)


@dataclasses.dataclass(frozen=True)
class KnownOfSeveral(KnownAnswers):
    """What several models say of the same recordings, of which any may answer.

    Attributes:
        of_model: what each says, by its name.
    """

    of_model: Mapping[str, KnownAnswers]

    def is_right(self, number: int, prediction: Prediction | None) -> bool:
        """Return whether a prediction is what the model that it names says of the recording of this number."""
        return prediction is not None and self.of_model[prediction.model.name].is_right(number, prediction)


def known_answers(address: str, count: int = 16, model_version: str = "") -> KnownAnswers:
    """Ask a service that nothing disturbs, one recording at a time."""
    recordings = [generate_recording(index) for index in range(count)]
    with EcgClient(address) as client:
        predictions = [client.predict(recording, model_version=model_version) for recording in recordings]
    return KnownAnswers(recordings, np.array([[one.probability for one in each.classes] for each in predictions]))


class Tally:
    """Numbered recordings that were sent, until told to stop, and what became of them.

    Args:
        known: the recordings.

    Attributes:
        sent: recordings that the client took.
        answered: results that came.
        lost: recordings that were passed over.
        repeated: results of recordings that had one already.
        wrong: results that say something else than what is known, or are numbered otherwise.
        cuts: how often the stream was cut between two answers.
    """

    def __init__(self, known: KnownAnswers) -> None:
        self._known = known
        self._stopped = threading.Event()
        self._progressed = threading.Condition()
        self._next = 0
        self._answered_at_cut = 0
        self.sent = self.answered = self.lost = self.repeated = self.wrong = self.cuts = 0

    def recordings(self) -> Iterator[Recording]:
        """Yield recordings until told to stop."""
        for recording in self._known.numbered():
            if self._stopped.is_set():
                return
            self.sent += 1
            yield recording

    def stop(self) -> None:
        """Let the recordings end; what was sent is still to be answered."""
        self._stopped.set()

    def add(self, result: RecordingResult) -> None:
        """Count a result."""
        number = int(result.recording_id)
        self.lost += max(0, number - self._next)
        self.repeated += number < self._next
        self._next = max(self._next, number + 1)
        self.wrong += result.sequence_number != number or not self._known.is_right(number, result.prediction)
        with self._progressed:
            self.answered += 1
            self._progressed.notify_all()

    def note_cut(self) -> None:
        """Count a cut."""
        with self._progressed:
            self.cuts += 1
            self._answered_at_cut = self.answered
            self._progressed.notify_all()

    def wait_until_resumed(self, cuts: int) -> None:
        """Wait until the stream was cut as often, and has had an answer since."""
        with self._progressed:
            if not self._progressed.wait_for(
                lambda: self.cuts >= cuts and self.answered > self._answered_at_cut, timeout=90
            ):
                raise TimeoutError(f"waited for cut {cuts} and an answer: {self}")

    def end(self) -> None:
        """Count what was sent last and never answered."""
        self.lost += self.sent - self._next

    @property
    def is_flawless(self) -> bool:
        """Whether each recording was answered once, in order, rightly."""
        return self.sent == self.answered and not (self.lost or self.repeated or self.wrong)

    def __str__(self) -> str:
        counts = f"sent {self.sent}, answered {self.answered}"
        return f"{counts}, lost {self.lost}, repeated {self.repeated}, wrong {self.wrong}, cuts {self.cuts}"
