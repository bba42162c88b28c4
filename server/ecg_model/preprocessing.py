"""From recordings to what a network takes. Pure functions; serving and training go through `prepare` alike.

Twelve leads in the standard order → windows of the network's duration → the network's rate. Recordings that are alike
in form are prepared together, as arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ecg_model.leads import DEPENDENT_LEADS, STANDARD_ORDER, fill_leads, refuse_missing_leads
from ecg_model.limits import LEAST_SAMPLE_RATE_HZ, refuse_extent
from ecg_model.manifest import InputSpecification
from ecg_model.metadata import encode_metadata
from ecg_model.recording import STANDARD_LEADS, FloatArray, LeadName, Recording
from ecg_model.resampling import resample
from ecg_model.signal_quality.assessment import Measurement, assess_as_sent, concatenate
from ecg_model.warning import RecordingWarning, WarningCode
from ecg_model.windows import repeated, window_starts

# Windows at the rate sent are made and measured so many bytes at a time: ten minutes need no more memory than a batch
# of short recordings, and a processor's cache holds them.
BYTES_AT_ONCE = 1 << 21

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Form:
    """What recordings have in common that are prepared together.

    Attributes:
        sample_rate_hz: as it was sent.
        window: samples of each lead, at that rate, in the time that the network sees.
        lead_names: the leads that were sent, in their order.
    """

    sample_rate_hz: float
    window: int
    lead_names: tuple[LeadName, ...]


@dataclass(frozen=True, slots=True)
class PreparedRecordings:
    """Recordings as a network takes them, window after window.

    Attributes:
        signals: float32 millivolts [window, sample, lead], twelve leads in the standard order, at the network's rate.
        as_sent: what was measured of them at the rate they came with.
        metadata: float32 [recording, feature].
        offsets_seconds: where in its recording each window begins, for each recording.
        is_repeated: for each recording, whether it was repeated to fill its window.
        warnings: what was done to each recording.
    """

    signals: FloatArray
    as_sent: tuple[Measurement, ...]
    metadata: FloatArray
    offsets_seconds: tuple[tuple[float, ...], ...]
    is_repeated: tuple[bool, ...]
    warnings: tuple[tuple[RecordingWarning, ...], ...]


def form_of(recording: Recording, specification: InputSpecification) -> Form:
    """Return a recording's form.

    Raises:
        InvalidRecordingError: the recording lacks a lead that no others tell, or its rate or length is out of range.
    """
    refuse_extent(len(recording.signal), recording.sample_rate_hz)
    refuse_missing_leads(recording.lead_names)
    window = round(specification.seconds * recording.sample_rate_hz)
    return Form(recording.sample_rate_hz, window, recording.lead_names)


def window_count(recording: Recording, specification: InputSpecification) -> int:
    """Return in how many windows the network sees a recording."""
    if not recording.sample_rate_hz >= LEAST_SAMPLE_RATE_HZ:
        return 1  # it will be refused
    return len(window_starts(len(recording.signal), round(specification.seconds * recording.sample_rate_hz)))


def prepare(recordings: Sequence[Recording], form: Form, specification: InputSpecification) -> PreparedRecordings:
    """Return recordings as the network takes them; all of them have this form."""
    lengths = [len(recording.signal) for recording in recordings]
    starts = [window_starts(length, form.window) for length in lengths]
    pieces = [(one.signal, start) for one, own in zip(recordings, starts, strict=True) for start in own]
    signals = np.empty((len(pieces), specification.sample_count, len(STANDARD_LEADS)), dtype=np.float32)
    at_once = max(1, BYTES_AT_ONCE // (form.window * signals[0, :1].nbytes))
    slices = [slice(first, first + at_once) for first in range(0, len(pieces), at_once)]
    as_sent = [_convert(pieces[some], form, signals[some], specification.seconds) for some in slices]
    metadata = [encode_metadata(recording.metadata, specification.metadata) for recording in recordings]
    done_to_all = _warnings_of_form(form, specification)
    return PreparedRecordings(
        signals=signals,
        as_sent=concatenate(as_sent),
        metadata=np.stack([one.values for one in metadata]),
        offsets_seconds=tuple(tuple(start / form.sample_rate_hz for start in own) for own in starts),
        is_repeated=tuple(length < form.window for length in lengths),
        warnings=tuple(
            (*one.warnings, *done_to_all, *_warnings_of_length(length, len(own), form))
            for one, length, own in zip(metadata, lengths, starts, strict=True)
        ),
    )


def network_inputs(prepared: PreparedRecordings, specification: InputSpecification) -> tuple[FloatArray, FloatArray]:
    """Return what the network takes: metadata [window, feature], and signals [window, sample, lead] in its order."""
    counts = [len(own) for own in prepared.offsets_seconds]
    metadata = prepared.metadata if max(counts) == 1 else np.repeat(prepared.metadata, counts, axis=0)
    return metadata, in_network_order(prepared.signals, specification)


def unmasked_inputs(
    recordings: Sequence[Recording], specification: InputSpecification
) -> tuple[FloatArray, FloatArray]:
    """Return recordings that are alike in form as the network takes them, whatever the quality of their signals.

    Raises:
        InvalidRecordingError: the first of them has no form; see `form_of`.
    """
    return network_inputs(prepare(recordings, form_of(recordings[0], specification), specification), specification)


def in_network_order(by_lead: npt.NDArray[Scalar], specification: InputSpecification) -> npt.NDArray[Scalar]:
    """Return an array [..., lead], leads in the standard order, with the network's leads in its own order."""
    if specification.lead_names == STANDARD_LEADS:
        return by_lead
    return np.ascontiguousarray(by_lead[..., [STANDARD_ORDER[name] for name in specification.lead_names]])


def _convert(
    pieces: Sequence[tuple[FloatArray, int]], form: Form, result: FloatArray, seconds: float
) -> tuple[Measurement, ...]:
    """Write windows at the network's rate into `result`, and return what was measured before they were resampled.

    Args:
        pieces: for each window the recording's signal and where in it the window begins.
        form: the recording's.
        result: float32 millivolts [window, sample, lead], twelve leads in the standard order.
        seconds: of a window.
    """
    is_native = form.window == result.shape[1]
    sent = result if is_native else np.empty((len(pieces), form.window, len(STANDARD_LEADS)), dtype=np.float32)
    for target, (signal, start) in zip(sent, pieces, strict=True):
        fill_leads(target, _piece(signal, start, form.window), form.lead_names)
    if not is_native:
        resample(sent, result, seconds)
    return assess_as_sent(sent)


def _piece(signal: FloatArray, start: int, window: int) -> FloatArray:
    if len(signal) < window:
        return signal[repeated(len(signal), window)]
    return signal[start : start + window]


def _warnings_of_form(form: Form, wanted: InputSpecification) -> tuple[RecordingWarning, ...]:
    derived = tuple(
        RecordingWarning(WarningCode.LEAD_DERIVED, f"lead {name} was not sent: it was computed from I and II", name)
        for name in DEPENDENT_LEADS
        if name not in form.lead_names
    )
    if form.window == wanted.sample_count:
        return derived
    rate = form.sample_rate_hz
    message = f"the signal was resampled from {rate:g} to {wanted.sample_rate_hz:g} Hz"
    return (*derived, RecordingWarning(WarningCode.RESAMPLED, message, measured=rate, unit="Hz"))


def _warnings_of_length(sample_count: int, windows: int, form: Form) -> tuple[RecordingWarning, ...]:
    if sample_count == form.window:
        return ()
    seconds = sample_count / form.sample_rate_hz
    if windows > 1:
        message = f"the probabilities are the mean over {windows} windows of the recording"
        return (RecordingWarning(WarningCode.RECORDING_COMBINED, message, measured=windows, unit="window"),)
    window_seconds = form.window / form.sample_rate_hz
    if sample_count > form.window:
        return ()
    message = (
        f"the recording has {seconds:.4g} s: it was repeated to fill {window_seconds:.4g} s; the answer is less sure"
    )
    return (RecordingWarning(WarningCode.RECORDING_PADDED, message, measured=seconds, unit="s"),)
