import numpy as np
import pytest

from ecg_client import STANDARD_LEADS
from ecg_client.formats import generate_recordings
from ecg_client.formats.synthetic import RHYTHMS, generate_millivolts, generate_recording


@pytest.mark.parametrize("rhythm", RHYTHMS, ids=lambda rhythm: rhythm.name)
def test_the_limb_leads_obey_einthoven_and_goldberger(rhythm: object) -> None:
    """Exactly, before the samples are rounded."""
    signal = generate_millivolts(rhythm, np.random.default_rng(1))
    first, second, third, avr, avl, avf = signal[:, :6].T
    np.testing.assert_array_equal(third, second - first)
    np.testing.assert_array_equal(avr, -(first + second) / 2)
    np.testing.assert_array_equal(avl, first - second / 2)
    np.testing.assert_array_equal(avf, second - first / 2)


def test_recordings_are_ten_seconds_of_twelve_leads_in_microvolts() -> None:
    """Each with a name of its own; of no patient, so with nothing known and no labels."""
    recordings = list(generate_recordings(7))
    for recording in recordings:
        assert recording.signal.shape == (1000, 12)
        assert recording.signal.dtype == np.int16
        assert recording.lead_names == STANDARD_LEADS
        assert (recording.sample_rate_hz, recording.microvolts_per_unit, recording.labels) == (100.0, 1.0, None)
        assert 500 < np.abs(recording.signal).max() < 5000
    assert len({recording.recording_id for recording in recordings}) == 7


@pytest.mark.parametrize(
    ("rate_hz", "seconds", "samples"), [(50.0, 2.5, 125), (360.0, 10.0, 3600), (100.0, 60.0, 6000)]
)
def test_one_may_be_of_any_rate_and_length(rate_hz: float, seconds: float, samples: int) -> None:
    """It beats from its first second to its last."""
    recording = generate_recording(0, sample_rate_hz=rate_hz, seconds=seconds)
    assert recording.signal.shape == (samples, 12)
    assert recording.sample_rate_hz == rate_hz
    by_second = np.array_split(np.abs(recording.signal[:, 1]), round(seconds))
    assert min(second.max() for second in by_second) > 200


def test_equal_seeds_give_equal_recordings() -> None:
    """And other seeds others; a recording does not depend on how many are made."""
    (first,) = generate_recordings(1, seed=3)
    again, *_ = generate_recordings(4, seed=3)
    (other,) = generate_recordings(1, seed=4)
    np.testing.assert_array_equal(first.signal, again.signal)
    assert not np.array_equal(first.signal, other.signal)


def test_a_faster_rhythm_has_more_beats() -> None:
    """R peaks in lead II, counted at half their height."""

    def beats(index: int) -> int:
        lead = list(generate_recordings(5))[index].signal[:, 1]
        above = lead > lead.max() / 2
        return int((above[1:] & ~above[:-1]).sum())

    assert 10 <= beats(0) <= 14
    assert 19 <= beats(1) <= 24
