"""The recordings that are sent: a few synthetic ones, always the same, sent again and again."""

import dataclasses
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from itertools import cycle

import numpy as np

from ecg_client import PatientMetadata, Recording, Sex
from ecg_client.formats.synthetic import generate_recording

DISTINCT = 32
NATIVE_RATE_HZ = 100.0


class SampleKind(StrEnum):
    """What the samples of a packed signal are."""

    INT16 = "int16"
    FLOAT32 = "float32"


@cache
def recordings(kind: SampleKind = SampleKind.INT16, sample_rate_hz: float = NATIVE_RATE_HZ) -> tuple[Recording, ...]:
    """Return the recordings, with samples of a kind, at a rate."""
    made = [generate_recording(index, sample_rate_hz=sample_rate_hz) for index in range(DISTINCT)]
    return tuple(_with_samples(_with_patient(one, index), kind) for index, one in enumerate(made))


def endlessly(recordings: tuple[Recording, ...]) -> Iterator[tuple[int, Recording]]:
    """Yield the recordings again and again, each with its index."""
    return cycle(enumerate(recordings))


def _with_patient(recording: Recording, index: int) -> Recording:
    """Say of the patient about as much as PTB-XL does: age and sex always, weight for half, height for a third."""
    patient = PatientMetadata(
        age_years=30.0 + index,
        sex=Sex.FEMALE if index % 2 else Sex.MALE,
        height_cm=150.0 + index if index % 3 == 0 else None,
        weight_kg=60.0 + index if index % 4 < 2 else None,  # noqa: PLR2004 - for half of each sex
    )
    return dataclasses.replace(recording, metadata=patient)


def _with_samples(recording: Recording, kind: SampleKind) -> Recording:
    if kind is SampleKind.INT16:
        return recording
    signal = millivolts(recording).astype(np.float32)
    return dataclasses.replace(recording, signal=signal, microvolts_per_unit=1000.0)


def millivolts(recording: Recording) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the signal in millivolts, with as many digits as it has: so wfdb reads it."""
    return recording.signal.astype(np.float64) * recording.microvolts_per_unit / 1000.0
