import re

import numpy as np
import pytest

from ecg_client import LeadName, Recording
from ecg_client.formats.synthetic import generate_recording
from ecg_client.report_page.thumbnail import HEIGHT, WIDTH, thumbnail_path


def _points(path: str) -> list[tuple[int, int]]:
    """The points of a path that moves absolutely and draws relatively."""
    points: list[tuple[int, int]] = []
    for piece in path.split("M")[1:]:
        start, _, rest = piece.partition("l")
        x, y = map(int, start.split())
        points.append((x, y))
        for dx, dy in re.findall(r"(-?\d+) (-?\d+)", rest):
            x, y = x + int(dx), y + int(dy)
            points.append((x, y))
    return points


@pytest.mark.parametrize("rate", [50.0, 100.0, 333.3, 2000.0])
def test_no_beat_is_lost(rate: float) -> None:
    """A spike of one sample is where it belongs, to a tenth of a second, and as high: 32 units to the millivolt."""
    signal = np.zeros((round(30 * rate), 12), dtype=np.float32)
    signal[round(4.0 * rate), 1] = 1.0
    points = _points(thumbnail_path(Recording(signal, rate)))
    x, y = min(points, key=lambda point: point[1])
    assert y == 64 - 32
    assert abs(x - 160) <= WIDTH / 100
    assert len(points) == 200
    assert 0 <= min(points)[0] < max(points)[0] <= WIDTH


def test_it_is_small() -> None:
    """Whatever the recording: ten thousand of them are on one page."""
    noise = np.random.default_rng(0).normal(0, 1e6, (10_000, 12))
    assert len(thumbnail_path(Recording(noise, 500.0))) < 2000
    assert len(thumbnail_path(generate_recording(0))) < 1400


def test_offsets_and_units_do_not_move_it() -> None:
    """The median is the baseline; integers are told in their unit."""
    signal = np.full((1000, 12), 5000, dtype=np.int16)
    signal[500, 1] = 5200
    points = _points(thumbnail_path(Recording(signal, 100.0, microvolts_per_unit=5.0)))
    assert {y for _, y in points} == {64, 32}


def test_samples_that_are_no_numbers_are_a_gap() -> None:
    """And where there is nothing else, there is no path."""
    signal = np.zeros((1000, 12))
    signal[300:500, 1] = np.nan
    path = thumbnail_path(Recording(signal, 100.0))
    assert path.count("M") == 2
    assert not [x for x, _ in _points(path) if 120 < x < 200]
    assert thumbnail_path(Recording(np.full((1000, 12), np.nan), 100.0)) == ""


def test_without_lead_ii_it_is_the_first() -> None:
    """Something is better than nothing."""
    signal = np.zeros((1000, 2))
    signal[0, 0] = 1.0
    path = thumbnail_path(Recording(signal, 100.0, (LeadName.V1, LeadName.V2)))
    assert min(y for _, y in _points(path)) == 32
    assert HEIGHT > 64
