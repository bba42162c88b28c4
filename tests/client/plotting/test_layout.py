import itertools
import math

import numpy as np
import pytest

from ecg_client import INDEPENDENT_LEADS, STANDARD_LEADS, LeadName, Recording
from ecg_client.plotting import Arrangement
from ecg_client.plotting.paper import (
    GRID_BELOW_FINDINGS,
    GRID_LEFT_MM,
    GRID_RIGHT_MM,
    PAGE_HEIGHT_MM,
    PAGE_WIDTH_MM,
    pulse_points,
)
from ecg_client.plotting.strips import Strip, arrange
from ecg_client.plotting.traces import Trace, traces_of

_ORDERS = {
    Arrangement.THREE_BY_FOUR: ["I AVR V1 V4", "II AVL V2 V5", "III AVF V3 V6", "II"],
    Arrangement.SIX_BY_TWO: ["I V1", "II V2", "III V3", "AVR V4", "AVL V5", "AVF V6", "II"],
    Arrangement.TWELVE_BY_ONE: [lead.name for lead in STANDARD_LEADS],
}


def _rows(strips: tuple[Strip, ...]) -> list[str]:
    baselines = sorted({strip.baseline_mm for strip in strips})
    in_rows = [[strip for strip in strips if strip.baseline_mm == baseline] for baseline in baselines]
    return [" ".join(strip.lead.name for strip in sorted(row, key=lambda strip: strip.left_mm)) for row in in_rows]


@pytest.mark.parametrize("arrangement", Arrangement)
def test_leads_lie_in_the_usual_order(arrangement: Arrangement) -> None:
    """Limb leads before chest leads, column by column; lead II below, for all ten seconds."""
    strips = arrange(arrangement, GRID_BELOW_FINDINGS, duration_s=10.0)
    assert _rows(strips) == _ORDERS[arrangement]
    assert [strip.is_rhythm for strip in strips].count(True) == arrangement.has_rhythm_strip
    if arrangement.has_rhythm_strip:
        assert (strips[-1].lead, strips[-1].width_mm) == (LeadName.II, 250.0)


@pytest.mark.parametrize("arrangement", Arrangement)
def test_columns_follow_each_other_in_time_and_on_paper(arrangement: Arrangement) -> None:
    """Where a column ends, in seconds and in millimetres, the next begins."""
    strips = arrange(arrangement, GRID_BELOW_FINDINGS, duration_s=60.0, from_s=20.0)
    top = [strip for strip in strips if strip.baseline_mm == strips[0].baseline_mm]
    assert top[0].start_s == 20.0
    assert top[-1].end_s == 30.0
    for before, after in itertools.pairwise(top):
        assert after.start_s == before.end_s
        assert after.left_mm == before.left_mm + before.width_mm


@pytest.mark.parametrize("arrangement", Arrangement)
def test_every_pulse_and_baseline_is_on_the_ruled_paper(arrangement: Arrangement) -> None:
    """On a line of the grid, 10 mm high and 5 mm wide."""
    for strip in arrange(arrangement, GRID_BELOW_FINDINGS, duration_s=10.0):
        x, y = zip(*pulse_points(strip.baseline_mm), strict=True)
        assert max(y) - min(y) == 10.0
        assert x[3] - x[2] == 5.0
        assert min(y) > GRID_BELOW_FINDINGS.top_mm
        assert max(y) < GRID_BELOW_FINDINGS.bottom_mm <= PAGE_HEIGHT_MM
        assert strip.baseline_mm == int(strip.baseline_mm)
        assert min(x) > GRID_LEFT_MM
        assert max(x) < strip.left_mm
        assert strip.left_mm + strip.width_mm <= GRID_RIGHT_MM < PAGE_WIDTH_MM


def test_a_short_recording_fills_every_column() -> None:
    """Of 4 s each lead is given 2.5 s: columns begin at 0 s and then at 1.5 s, as late as they can."""
    strips = arrange(Arrangement.THREE_BY_FOUR, GRID_BELOW_FINDINGS, duration_s=4.0)
    assert [strip.start_s for strip in strips[:-1:3]] == [0.0, 1.5, 1.5, 1.5]
    assert {strip.end_s - strip.start_s for strip in strips[:-1]} == {2.5}
    assert strips[-1].end_s == 4.0


def test_less_than_a_column_is_drawn_from_its_left() -> None:
    """A single second is a second in every column."""
    strips = arrange(Arrangement.SIX_BY_TWO, GRID_BELOW_FINDINGS, duration_s=1.0)
    assert {(strip.start_s, strip.end_s) for strip in strips} == {(0.0, 1.0)}


@pytest.mark.parametrize("rate", [50.0, 100.0, 333.3, 500.0, 2000.0])
def test_a_sample_lies_where_the_scale_says(rate: float) -> None:
    """25 mm to the second, 10 mm to the millivolt, at any rate and wherever the page begins."""
    signal = np.zeros((round(30 * rate), 12), dtype=np.float32)
    index = math.ceil(14.3 * rate)
    signal[index, 3] = 1.2
    recording = Recording(signal, rate)
    traces = traces_of(recording, from_s=12.0, seconds=10.0)
    strips = arrange(Arrangement.THREE_BY_FOUR, GRID_BELOW_FINDINGS, duration_s=30.0, from_s=12.0)
    strip = next(strip for strip in strips if strip.lead is LeadName.I)
    x, y = strip.points_mm(traces[LeadName.AVR])
    assert x[np.argmin(y)] == pytest.approx(strip.left_mm + (index / rate - 12.0) * 25.0)
    assert y.min() == pytest.approx(strip.baseline_mm - 12.0)
    assert x.min() >= strip.left_mm - 1e-6
    assert x.max() <= strip.left_mm + strip.width_mm + 1e-6


def test_eight_leads_become_twelve() -> None:
    """The four follow from I and II by Einthoven's and Goldberger's equations, and are marked."""
    signal = np.tile(np.array([0.2, 0.8, 0, 0, 0, 0, 0, 0], dtype=np.float32), (1000, 1))
    traces = traces_of(Recording(signal, 100.0, INDEPENDENT_LEADS), from_s=0.0, seconds=10.0)
    expected = {LeadName.III: 0.6, LeadName.AVR: -0.5, LeadName.AVL: -0.2, LeadName.AVF: 0.7}
    assert {lead for lead, trace in traces.items() if trace.is_derived} == set(expected)
    assert len(traces) == 12
    for lead, millivolts in expected.items():
        np.testing.assert_allclose(traces[lead].millivolts, millivolts, rtol=1e-6)


def test_leads_that_nothing_tells_of_are_left_out() -> None:
    """Of I and V1 alone nothing else follows."""
    recording = Recording(np.zeros((1000, 2), dtype=np.float32), 100.0, (LeadName.I, LeadName.V1))
    assert list(traces_of(recording, from_s=0.0, seconds=10.0)) == [LeadName.I, LeadName.V1]


def test_integers_are_drawn_in_millivolts() -> None:
    """At 5 µV to the unit, 200 is 1 mV."""
    recording = Recording(np.full((500, 12), 200, dtype=np.int16), 100.0, microvolts_per_unit=5.0)
    assert traces_of(recording, from_s=0.0, seconds=10.0)[LeadName.V6].millivolts[0] == 1.0


def test_an_offset_that_would_leave_the_row_is_taken_off_and_told() -> None:
    """A smaller one is part of the signal; amplitudes stay what they are."""
    signal = np.zeros((1000, 12), dtype=np.float64)
    signal[500] = 0.7
    signal[:, 0] += 1.4
    signal[:, 1] -= 3.0
    traces = traces_of(Recording(signal, 100.0), from_s=0.0, seconds=10.0)
    assert (traces[LeadName.I].offset_mv, traces[LeadName.II].offset_mv) == (0.0, -3.0)
    assert np.ptp(traces[LeadName.II].millivolts) == pytest.approx(0.7)


def test_samples_that_are_no_numbers_are_gaps() -> None:
    """They neither stop the drawing nor move the rest."""
    signal = np.full((1000, 12), 2.0)
    signal[:10, 0] = np.inf
    trace: Trace = traces_of(Recording(signal, 100.0), from_s=0.0, seconds=10.0)[LeadName.I]
    assert np.isnan(trace.millivolts[:10]).all()
    assert trace.offset_mv == 2.0
