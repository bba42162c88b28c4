"""Recordings in, predictions out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from ecg_model.abstention import Abstainer, Abstention
from ecg_model.calibration import Calibrator
from ecg_model.errors import InvalidRecordingError, RefusalReason, refusal
from ecg_model.manifest import Manifest, OperatingPoint
from ecg_model.preprocessing import PreparedRecording, prepare, stack
from ecg_model.recording import FloatArray, Recording
from ecg_model.uncertainty import uncertainty
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
        probabilities: one for each class of the manifest, in its order, calibrated, 0 to 1.
        warnings: what a reader of them should know about the recording.
        uncertainty: how unsure the model is, 0 to 1; None: nobody asked it.
        abstentions: why the model does not stand by its findings; empty: it does.
    """

    probabilities: tuple[float, ...]
    warnings: tuple[RecordingWarning, ...]
    uncertainty: float | None = None
    abstentions: tuple[Abstention, ...] = ()


@dataclass(frozen=True)  # without slots, which leave no place for what is made once
class Classifier:
    """A network, its manifest, and the operating point at which its probabilities are findings."""

    manifest: Manifest
    network: Network
    operating_point: OperatingPoint

    @cached_property
    def _calibrate(self) -> Calibrator:
        return Calibrator(self.manifest.classes)

    @cached_property
    def _abstain(self) -> Abstainer:
        return Abstainer(self.manifest.abstention)

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
        metadata, signals = stack(prepared)
        given = self.network(metadata, signals)
        is_finite = np.atleast_1d(np.isfinite(given).all(axis=-1)).tolist()
        probabilities = self._calibrate(given)
        uncertainties = uncertainty(probabilities)
        reasons = self._abstain(uncertainties, signals)
        rows = zip(probabilities.tolist(), prepared, uncertainties.tolist(), reasons, is_finite, strict=True)
        return [
            Prediction(tuple(row), one.warnings, unsure, why) if finite else _overflowed()
            for row, one, unsure, why, finite in rows
        ]


def _overflowed() -> InvalidRecordingError:
    description = (
        "the samples are so large that the network overflows; send millivolts, or the right microvolts_per_unit"
    )
    return refusal(RefusalReason.SIGNAL_OUT_OF_RANGE, "signal", description)
