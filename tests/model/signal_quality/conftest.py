"""Fixtures for the tests of signal quality."""

import numpy as np
import pytest

from ecg_client.formats.synthetic import generate_recordings
from ecg_model.recording import FloatArray


@pytest.fixture(scope="session")
def synthetic() -> FloatArray:
    """Clean synthetic ECGs in millivolts at 100 Hz [recording, sample, lead], not to be written to."""
    signals = np.stack([recording.signal for recording in generate_recordings(40)]).astype(np.float32) / 1000
    signals.flags.writeable = False
    return signals
