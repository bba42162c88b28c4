"""Recordings to try the page with: made up, of no patient and no data set."""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ecg_client.formats.synthetic import generate_recording
from ecg_client.recording import STANDARD_LEADS, LeadName, PatientMetadata, Recording, Sex
from ecg_gateway.page.reading import recording_to_json

_PATIENT = PatientMetadata(age_years=61.0, sex=Sex.FEMALE)
_RATE_HZ = 500.0
_LONG_SECONDS = 75.0
_NOISE_MICROVOLTS = 180.0


def _of_rhythm(index: int, seconds: float = 10.0) -> Recording:
    recording = generate_recording(index, sample_rate_hz=_RATE_HZ, seconds=seconds)
    return dataclasses.replace(recording, metadata=_PATIENT)


def _poor() -> Recording:
    """Make a recording with muscle in V3 and the electrode of V6 off."""
    recording = _of_rhythm(0)
    signal = recording.signal.copy()
    noise = np.random.default_rng(0).normal(0.0, _NOISE_MICROVOLTS, len(signal))
    signal[:, STANDARD_LEADS.index(LeadName.V3)] += np.round(noise).astype(np.int16)
    signal[:, STANDARD_LEADS.index(LeadName.V6)] = 0
    return dataclasses.replace(recording, signal=signal, recording_id="synthetic-poor-signal")


def _long() -> Recording:
    """Make a recording whose second half is another rhythm than its first."""
    first, second = (_of_rhythm(index, _LONG_SECONDS / 2) for index in (0, 2))
    signal = np.concatenate([first.signal, second.signal])
    return dataclasses.replace(first, signal=signal, recording_id="synthetic-long")


_SAMPLES: Mapping[str, Callable[[], Recording]] = {
    "normal": functools.partial(_of_rhythm, 0),
    "tachycardic": functools.partial(_of_rhythm, 1),
    "wide-qrs": functools.partial(_of_rhythm, 2),
    "tall-r": functools.partial(_of_rhythm, 4),
    "long": _long,
    "poor-signal": _poor,
}

NAMES = tuple(_SAMPLES)
"""What they are called."""


@functools.cache
def sample(name: str) -> Mapping[str, Any]:
    """Return a sample in the form of `reading.read_files`.

    Raises:
        KeyError: There is none of that name.
    """
    read = recording_to_json(_SAMPLES[name](), file=name, number=0, file_format="synthetic")
    return {"recordings": [read], "problems": [], "left_out_count": 0}
