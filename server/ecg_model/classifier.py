"""Recordings in, predictions out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import add
from typing import Protocol

import numpy as np

from ecg_model.abstention import Abstainer, Abstention
from ecg_model.calibration import Calibrator
from ecg_model.errors import InvalidRecordingError, RefusalReason, refusal
from ecg_model.manifest import Manifest, OperatingPoint
from ecg_model.preprocessing import Form, form_of, in_network_order, network_inputs, prepare, window_count
from ecg_model.recording import FloatArray, Recording
from ecg_model.uncertainty import uncertainty
from ecg_model.usability import make_usable
from ecg_model.warning import RecordingWarning
from ecg_model.windows import combine

# So that a recording of ten minutes needs no more memory than a batch of short ones. More at a time are no faster.
WINDOWS_PER_RUN = 16


class Network(Protocol):
    """The Keras graph, in whatever runtime: two arrays in, one out. Safe to call from several threads at once."""

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class].

        Args:
            metadata: float32 [recording, feature].
            signal: float32 millivolts [recording, sample, lead].
        """


@dataclass(frozen=True, slots=True)
class WindowPrediction:
    """What one window of a recording shows.

    Attributes:
        offset_seconds: where in the recording the window begins.
        probabilities: one for each class, calibrated, 0 to 1; empty: the window was left out.
    """

    offset_seconds: float
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a recording shows.

    Attributes:
        probabilities: one for each class of the manifest, in its order, calibrated, 0 to 1.
        warnings: what a reader of them should know about the recording.
        uncertainty: how unsure the model is, 0 to 1; None: nobody asked it.
        abstentions: why the model does not stand by its findings; empty: it does.
        windows: what its windows show, in their order: one, unless the recording is longer than the network's window.
    """

    probabilities: tuple[float, ...]
    warnings: tuple[RecordingWarning, ...]
    uncertainty: float | None = None
    abstentions: tuple[Abstention, ...] = ()
    windows: tuple[WindowPrediction, ...] = ()


Outcome = Prediction | InvalidRecordingError


@dataclass(frozen=True, slots=True)
class StageTimes:
    """How long a batch took.

    Attributes:
        preprocessing_seconds: for all but the network: windows, resampling, quality, and what its answers become.
        network_seconds: for the network.
    """

    preprocessing_seconds: float
    network_seconds: float


@dataclass(frozen=True, eq=False)  # without slots, which leave no place for what is made once
class Classifier:
    """A network, its manifest, and the operating point at which its probabilities are findings.

    Attributes:
        manifest: what the bundle says of its network.
        network: the network.
        operating_point: one of the manifest's.
        check: raises BundleError when the network no longer gives the probabilities of its golden recordings.
    """

    manifest: Manifest
    network: Network
    operating_point: OperatingPoint
    check: Callable[[], None] = lambda: None

    @cached_property
    def _calibrate(self) -> Calibrator:
        return Calibrator(self.manifest.classes)

    @cached_property
    def _abstain(self) -> Abstainer:
        return Abstainer(self.manifest.abstention)

    def window_count(self, recording: Recording) -> int:
        """Return how many windows of a recording the network looks at: what it costs."""
        return window_count(recording, self.manifest.input)

    def classify(self, recordings: Sequence[Recording]) -> list[Outcome]:
        """Return, for each recording, what it shows or why it cannot be told; one bad recording harms no other."""
        outcomes, _ = self.classify_timed(recordings)
        return outcomes

    def classify_timed(self, recordings: Sequence[Recording]) -> tuple[list[Outcome], StageTimes]:
        """Return what `classify` does, and how long it took."""
        began, network_seconds = time.perf_counter(), 0.0
        outcomes: dict[int, Outcome] = {}
        alike: dict[Form, list[int]] = {}
        for index, recording in enumerate(recordings):
            try:
                alike.setdefault(form_of(recording, self.manifest.input), []).append(index)
            except InvalidRecordingError as error:
                outcomes[index] = error
        for form, indices in alike.items():
            told, seconds = self._classify_alike([recordings[i] for i in indices], form)
            outcomes.update(zip(indices, told, strict=True))
            network_seconds += seconds
        in_order = [outcomes[index] for index in range(len(recordings))]
        return in_order, StageTimes(time.perf_counter() - began - network_seconds, network_seconds)

    def _classify_alike(self, recordings: Sequence[Recording], form: Form) -> tuple[list[Outcome], float]:
        """Return the outcomes of recordings that are alike in form, and the seconds that the network took."""
        wanted = self.manifest.input
        prepared = prepare(recordings, form, wanted)
        usable = make_usable(prepared, form, wanted.sample_rate_hz, self.manifest.signal_rule)
        metadata, signals = network_inputs(replace(prepared, signals=usable.signals), wanted)
        counts = [len(own) for own in prepared.offsets_seconds]
        began = time.perf_counter()
        raw = self._run(metadata, signals)
        network_seconds = time.perf_counter() - began
        of_windows = self._calibrate(raw)
        probabilities = combine(of_windows, usable.left_out, counts)
        uncertainties = uncertainty(probabilities)
        reasons = self._abstain(uncertainties, signals, in_network_order(usable.ignored, wanted), counts)
        of_each_window = iter(zip(of_windows.tolist(), usable.left_out.tolist(), strict=True))
        windows = [
            tuple(
                WindowPrediction(offset, () if is_left_out else tuple(row))
                # The offsets first: when they are through, nothing of the next recording is taken.
                for offset, (row, is_left_out) in zip(offsets, of_each_window, strict=False)
            )
            for offsets in prepared.offsets_seconds
        ]
        warnings = map(add, prepared.warnings, usable.warnings)
        predictions = map(
            Prediction, map(tuple, probabilities.tolist()), warnings, uncertainties.tolist(), reasons, windows
        )
        is_finite = np.atleast_1d(np.isfinite(probabilities).all(axis=-1)).tolist()
        return [
            refused or (prediction if finite else _overflowed())
            for refused, prediction, finite in zip(usable.refusals, predictions, is_finite, strict=True)
        ], network_seconds

    def _run(self, metadata: FloatArray, signals: FloatArray) -> FloatArray:
        """Return the network's probabilities [window, class]; what it computes at a time stays bounded."""
        slices = [slice(start, start + WINDOWS_PER_RUN) for start in range(0, len(signals), WINDOWS_PER_RUN)]
        return np.concatenate([self.network(metadata[one], signals[one]) for one in slices])


def _overflowed() -> InvalidRecordingError:
    description = (
        "the samples are so large that the network overflows; send millivolts, or the right microvolts_per_unit"
    )
    return refusal(RefusalReason.SIGNAL_OUT_OF_RANGE, "signal", description)
