"""Windows: every sample is seen, none invented, and a recording's probability is the mean of its windows'."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_model.windows import combine, repeated, window_starts

WINDOW = 1000


@given(st.integers(1011, 60_000))
def test_windows_cover_a_long_recording(samples: int) -> None:
    """From its first sample to its last, evenly, each overlapping its neighbour by half at least."""
    starts = window_starts(samples, WINDOW)

    assert starts[0] == 0
    assert starts[-1] + WINDOW == samples
    steps = [later - earlier for earlier, later in pairwise(starts)]
    assert 0 < min(steps) <= max(steps) <= WINDOW / 2
    assert max(steps) - min(steps) <= 1


@pytest.mark.parametrize(
    ("samples", "starts"),
    [(250, (0,)), (1000, (0,)), (1001, (0,)), (1010, (5,)), (1011, (0, 11)), (1500, (0, 500)), (2000, (0, 500, 1000))],
)
def test_some_lengths_and_their_windows(samples: int, starts: tuple[int, ...]) -> None:
    """A tenth of a second more is no reason to look twice: then the middle is taken."""
    assert window_starts(samples, WINDOW) == starts


def test_ten_minutes_are_119_windows() -> None:
    """One every five seconds."""
    assert len(window_starts(60_000, WINDOW)) == 119


def test_a_short_recording_is_repeated_from_its_start() -> None:
    """As often as it takes; the last time as much of it as there is room for."""
    assert repeated(3, 8).tolist() == [0, 1, 2, 0, 1, 2, 0, 1]


def test_a_recordings_probability_is_the_mean_over_its_windows() -> None:
    """Those left out do not count, and a recording of which nothing is left has none."""
    windows = np.array([[0.5], [0.25], [0.75], [0.5], [1.0], [0.25]], dtype=np.float32)
    left_out = np.array([False, False, False, True, False, True])

    combined = combine(windows, left_out, [1, 2, 2, 1])
    assert combined[:3, 0].tolist() == [0.5, 0.5, 1.0]
    assert np.isnan(combined[3, 0])


def test_a_window_that_is_left_out_may_be_no_number() -> None:
    """What a network makes of an absurd signal goes no further."""
    windows = np.array([[0.5], [np.nan]], dtype=np.float32)

    assert combine(windows, np.array([False, True]), [2]).tolist() == [[0.5]]
