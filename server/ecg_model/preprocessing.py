"""From a recording to what a network takes. Pure functions; serving and training go through `prepare` alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecg_model.errors import InvalidRecordingError, RefusalReason, refusal
from ecg_model.manifest import InputSpecification
from ecg_model.metadata import encode_metadata
from ecg_model.recording import FloatArray, LeadName, Recording
from ecg_model.warning import RecordingWarning


@dataclass(frozen=True, slots=True)
class PreparedRecording:
    """A recording as a network takes it.

    Attributes:
        signal: float32 millivolts, shape [sample, lead], the network's leads in its order.
        metadata: float32, shape [feature].
        warnings: what was done to the recording.
    """

    signal: FloatArray
    metadata: FloatArray
    warnings: tuple[RecordingWarning, ...]


def prepare(recording: Recording, specification: InputSpecification) -> PreparedRecording:
    """Return a recording as the network takes it.

    Raises:
        InvalidRecordingError: the recording lacks a lead, or has another rate or length than the network takes.
    """
    _refuse_other_rate(recording, specification)
    signal = _in_lead_order(recording, specification.lead_names)
    _refuse_other_length(recording, specification)
    metadata = encode_metadata(recording.metadata, specification.metadata)
    return PreparedRecording(signal, metadata.values, metadata.warnings)


def stack(prepared: Sequence[PreparedRecording]) -> tuple[FloatArray, FloatArray]:
    """Return the network's inputs for a batch: metadata [recording, feature], signal [recording, sample, lead]."""
    metadata = np.stack([one.metadata for one in prepared])
    signal = np.empty((len(prepared), *prepared[0].signal.shape), dtype=np.float32)
    for row, one in zip(signal, prepared, strict=True):
        row[...] = one.signal
    return metadata, signal


def _in_lead_order(recording: Recording, lead_names: tuple[LeadName, ...]) -> FloatArray:
    if recording.lead_names == lead_names:
        return recording.signal
    missing = [name for name in lead_names if name not in recording.lead_names]
    if missing:
        raise _missing_leads(missing)
    return recording.signal[:, [recording.lead_names.index(name) for name in lead_names]]


def _missing_leads(missing: Sequence[LeadName]) -> InvalidRecordingError:
    description = f"leads missing: {', '.join(missing)}; send all leads of the standard 12-lead ECG"
    return refusal(RefusalReason.LEAD_MISSING, "lead_names", description)


def _refuse_other_rate(recording: Recording, specification: InputSpecification) -> None:
    if recording.sample_rate_hz == specification.sample_rate_hz:
        return
    raise refusal(
        RefusalReason.SAMPLE_RATE_UNSUPPORTED,
        "sample_rate_hz",
        f"sample_rate_hz is {recording.sample_rate_hz:g}; this model takes {specification.sample_rate_hz:g} Hz: "
        "resample the signal before sending it",
    )


def _refuse_other_length(recording: Recording, specification: InputSpecification) -> None:
    count = len(recording.signal)
    if count == specification.sample_count:
        return
    raise refusal(
        RefusalReason.SAMPLE_COUNT_UNSUPPORTED,
        "signal",
        f"each lead has {count} samples; this model takes {specification.sample_count} "
        f"({specification.sample_count / specification.sample_rate_hz:g} s at {specification.sample_rate_hz:g} Hz)",
    )
