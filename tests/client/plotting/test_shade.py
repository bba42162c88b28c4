import pytest

from ecg_client import ClassExplanation, LeadAttribution, LeadName, TimeAttribution
from ecg_client.plotting.shade import shade_key, shades_of
from ecg_client.plotting.strips import Strip


def _explained(changes: dict[LeadName, tuple[float, ...]]) -> ClassExplanation:
    times = tuple(TimeAttribution(index / 2, 0.5, 0.0) for index in range(6))
    leads = tuple(LeadAttribution(lead, sum(each), each) for lead, each in changes.items())
    return ClassExplanation("MI", "Myocardial infarction", 0.5, leads, times, ())


def _strip(lead: LeadName, start_s: float, end_s: float) -> Strip:
    return Strip(lead, start_s, end_s, left_mm=31.0, baseline_mm=100.0, height_mm=25.0)


def test_a_half_second_is_shaded_where_it_is_drawn() -> None:
    """Twelve and a half millimetres wide, less where the strip ends sooner; the strongest of all leads is 1."""
    entry = _explained({LeadName.I: (0.0, 0.02, -0.04, 0.08, 0.0, 0.0), LeadName.V1: (0.16,) * 6})
    shades = list(shades_of(entry, [_strip(LeadName.I, 0.75, 1.75)]))

    assert [(shade.left_mm, shade.width_mm) for shade in shades] == [(31.0, 6.25), (37.25, 12.5), (49.75, 6.25)]
    assert [shade.strength for shade in shades] == pytest.approx([0.125, -0.25, 0.5])
    assert {(shade.top_mm, shade.height_mm) for shade in shades} == {(100.0 - 10.5, 21.0)}


def test_nothing_is_dark_where_hardly_anything_changes() -> None:
    """A change of a thousandth is a tenth of the darkest."""
    (shade, *_) = shades_of(_explained({LeadName.I: (0.001,) * 6}), [_strip(LeadName.I, 0.0, 3.0)])
    assert shade.strength == pytest.approx(0.1)


def test_the_key_names_no_darkest_piece_where_nothing_is_dark() -> None:
    """A change of less than a hundredth is none to look at."""
    told = "Shade: orange speaks for MI, blue against it; no half second by itself makes a difference of 0.01"
    assert shade_key(_explained({LeadName.I: (0.001, -0.009, 0, 0, 0, 0)})) == told
    assert "darkest: -0.010" in shade_key(_explained({LeadName.I: (0.001, -0.01, 0, 0, 0, 0)}))


def test_a_lead_of_which_nothing_is_known_is_not_shaded() -> None:
    """It was not asked for, or the network does not see it."""
    entry = _explained({LeadName.I: ()})
    assert list(shades_of(entry, [_strip(LeadName.I, 0.0, 3.0), _strip(LeadName.II, 0.0, 3.0)])) == []
    assert not shade_key(entry)


def test_the_key_says_what_the_darkest_piece_is() -> None:
    """Whichever sign it has."""
    entry = _explained({LeadName.I: (0.0, 0.02, 0, 0, 0, 0), LeadName.AVR: (0, 0, 0, -0.05, 0, 0)})
    assert shade_key(entry) == "Shade: orange speaks for MI, blue against it; darkest: -0.050 (aVR, 1.5 s)"
