"""Recordings as messages, good ones, that a test may then spoil."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ecg.v1 import recording_pb2 as pb
from ecg_client.convert import recording_to_proto
from ecg_client.formats.synthetic import generate_recording

ALL_LEADS = tuple(range(1, 13))
# I, II and V1 to V6, which tell the others.
REQUIRED_LEADS = (1, 2, *range(7, 13))
SAMPLES = 1000
RATE_HZ = 100.0

Int16Array = npt.NDArray[np.int16]
FloatArray = npt.NDArray[np.float32]


def units(first: Sequence[int] = (), *, leads: int = 12, samples: int = SAMPLES) -> Int16Array:
    """Return a signal [sample, lead] in integer units: 0 but for the first sample of the first leads."""
    signal = np.zeros((samples, leads), dtype=np.int16)
    signal[0, : len(first)] = first
    return signal


def leads_recording(
    millivolts: npt.NDArray[np.floating] | None = None,
    *,
    lead_names: Sequence[int] = ALL_LEADS,
    rate_hz: float = RATE_HZ,
    recording_id: str = "",
    metadata: pb.PatientMetadata | None = None,
) -> pb.Recording:
    """Return a recording in the form `leads`; without a signal it is silent."""
    signal = np.zeros((SAMPLES, len(lead_names))) if millivolts is None else millivolts
    return pb.Recording(
        recording_id=recording_id,
        metadata=metadata,
        sample_rate_hz=rate_hz,
        leads=[
            pb.Lead(name=name, millivolts=column.tolist()) for name, column in zip(lead_names, signal.T, strict=True)
        ],
    )


def packed_recording(
    signal: npt.NDArray[np.int16 | np.float32] | None = None,
    *,
    microvolts_per_unit: float = 1.0,
    lead_names: Sequence[int] = ALL_LEADS,
    recording_id: str = "",
    metadata: pb.PatientMetadata | None = None,
) -> pb.Recording:
    """Return a recording in the form `packed_signal`, in the format that the array's type names."""
    samples = units(leads=len(lead_names)) if signal is None else signal
    is_float = samples.dtype == np.float32
    return pb.Recording(
        recording_id=recording_id,
        metadata=metadata,
        sample_rate_hz=RATE_HZ,
        packed_signal=pb.PackedSignal(
            lead_names=lead_names,
            format=pb.SAMPLE_FORMAT_FLOAT32_LE if is_float else pb.SAMPLE_FORMAT_INT16_LE,
            microvolts_per_unit=microvolts_per_unit,
            samples=samples.T.astype("<f4" if is_float else "<i2").tobytes(),
        ),
    )


def synthetic_recording(index: int = 0, *, rate_hz: float = RATE_HZ, seconds: float = 10.0) -> pb.Recording:
    """Return a recording that looks like an ECG, as the Python client writes it."""
    return recording_to_proto(generate_recording(index, sample_rate_hz=rate_hz, seconds=seconds))


def numbered_recording(number: int, recording_id: str | None = None) -> pb.Recording:
    """Return a recording that `FirstSamples` answers with the probability number / 1000 for the first class."""
    return packed_recording(units([number]), recording_id=f"r{number}" if recording_id is None else recording_id)
