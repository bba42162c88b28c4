"""Recordings in, predictions out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ecg_model.errors import InvalidRecordingError, RefusalReason, refusal
from ecg_model.manifest import Manifest
from ecg_model.preprocessing import PreparedRecording, prepare, stack
from ecg_model.recording import FloatArray, Recording
from ecg_model.warning import RecordingWarning


class Network(Protocol):
    """The Keras graph, in whatever runtime: two arrays in, one out. Safe to call from several threads at once."""

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class].

        Args:
            metadata: float32 [recording, feature].
            signal: float32 millivolts [recording, sample, lead].
        """


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a recording shows.

    Attributes:
        probabilities: one for each class of the manifest, in its order, 0 to 1.
        warnings: what a reader of them should know about the recording.
    """

    probabilities: tuple[float, ...]
    warnings: tuple[RecordingWarning, ...]


@dataclass(frozen=True, slots=True)
class Classifier:
    """A network and its manifest."""

    manifest: Manifest
    network: Network

    def classify(self, recordings: Sequence[Recording]) -> list[Prediction | InvalidRecordingError]:
        """Return, for each recording, what it shows or why it cannot be told; one bad recording harms no other."""
        outcomes = [self._prepare(recording) for recording in recordings]
        prepared = [outcome for outcome in outcomes if isinstance(outcome, PreparedRecording)]
        predictions = iter(self._predict(prepared))
        return [outcome if isinstance(outcome, InvalidRecordingError) else next(predictions) for outcome in outcomes]

    def _prepare(self, recording: Recording) -> PreparedRecording | InvalidRecordingError:
        try:
            return prepare(recording, self.manifest.input)
        except InvalidRecordingError as error:
            return error

    def _predict(self, prepared: Sequence[PreparedRecording]) -> list[Prediction | InvalidRecordingError]:
        if not prepared:
            return []
        probabilities = self.network(*stack(prepared))
        is_finite = np.atleast_1d(np.isfinite(probabilities).all(axis=-1)).tolist()
        rows = zip(probabilities.tolist(), is_finite, prepared, strict=True)
        return [Prediction(tuple(row), one.warnings) if finite else _overflowed() for row, finite, one in rows]


def _overflowed() -> InvalidRecordingError:
    description = (
        "the samples are so large that the network overflows; send millivolts, or the right microvolts_per_unit"
    )
    return refusal(RefusalReason.SIGNAL_OUT_OF_RANGE, "signal", description)
