from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ecg_client import Recording, UnwritableRecordingError
from ecg_client.writing.digitising import NO_SAMPLE, digitised

# Offsets of volts and signals of nanovolts, missing samples among them.
SIGNALS = arrays.arrays(
    np.float64, st.tuples(st.integers(1, 40), st.just(2)), elements=st.floats(-1e5, 1e5) | st.just(float("nan"))
)


def _recording(signal: npt.NDArray[Any], microvolts_per_unit: float = 1000.0) -> Recording:
    return Recording(signal=signal, sample_rate_hz=500, lead_names=("I", "II"), microvolts_per_unit=microvolts_per_unit)


@given(signal=SIGNALS)
def test_no_sample_is_clipped_or_moved_by_more_than_half_a_step(signal: npt.NDArray[np.float64]) -> None:
    """Whatever the lead's offset and range; and a missing sample is missing, no other is."""
    result = digitised(_recording(signal))
    gains, baselines = np.array(result.gains), np.array(result.baselines)
    read_back = (result.samples.astype(float) - baselines) / gains
    is_missing = result.samples == NO_SAMPLE
    assert (is_missing == np.isnan(signal)).all()
    tolerance = 0.5 / gains + 1e-9 * np.abs(signal)
    assert (np.abs(read_back - signal) <= tolerance)[~is_missing].all()


@given(signal=SIGNALS)
def test_steps_are_as_fine_as_the_range_of_the_lead_allows(signal: npt.NDArray[np.float64]) -> None:
    """Two thirds of the integers are used at least, unless steps are 10 nV already or the offset is enormous."""
    result = digitised(_recording(signal))
    for lead, gain in zip(signal.T, result.gains, strict=True):
        present = lead[~np.isnan(lead)]
        extent = float(np.ptp(present)) if present.size else 0.0
        offset = float(np.abs(present).max()) if present.size else 0.0
        assert gain >= 0.99e5 or extent * gain > 43690 or offset * gain > 1e9


def test_integers_stay_what_they_are() -> None:
    """With their own step."""
    signal = np.array([[-32767, 5], [32767, 0]], dtype=np.int16)
    result = digitised(_recording(signal, 4.88))
    assert (result.samples == signal).all()
    assert result.baselines == (0, 0)
    assert result.gains == pytest.approx([1000 / 4.88] * 2)


def test_an_integer_that_would_stand_for_a_missing_sample_is_moved_and_kept() -> None:
    """-32768 of a recording is a sample; of a WFDB record it is none."""
    result = digitised(_recording(np.array([[-32768, 0], [32767, 1]], dtype=np.int16), 1.0))
    assert (result.samples != NO_SAMPLE).all()
    assert (result.samples[0, 0] - result.baselines[0]) / result.gains[0] == pytest.approx(-32.768, abs=0.0006)


@pytest.mark.parametrize("sample", [np.inf, -np.inf, 1e7])
def test_what_no_record_can_hold_is_refused(sample: float) -> None:
    """With the likely cause."""
    with pytest.raises(UnwritableRecordingError, match="is the unit right"):
        digitised(_recording(np.array([[0.0, sample]])))
    with pytest.raises(UnwritableRecordingError, match="no samples"):
        digitised(_recording(np.zeros((0, 2))))
