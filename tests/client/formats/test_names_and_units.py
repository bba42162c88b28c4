"""Names of leads and units, in any spelling."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_client import LeadName, UnreadableFileError
from ecg_client.formats.leads import lead_of, standard_leads
from ecg_client.formats.units import is_voltage, millivolts_of

PATH = Path("a.edf")
leads = st.sampled_from(LeadName)
prefixes = st.sampled_from(["", "Lead ", "lead_", "ECG ", "EKG: ", "ECG Lead ", "MDC_ECG_LEAD_", "  "])
suffixes = st.sampled_from(["", " ", " (Einthoven)"])
casings = st.sampled_from([str.upper, str.lower, str.title, str])
minuses = st.sampled_from(["-", "\u2212", "\u2010", "\u2013 "])


@given(leads, prefixes, suffixes, casings)
def test_a_lead_is_known_in_any_spelling(lead: LeadName, prefix: str, suffix: str, case: object) -> None:
    """With or without what files write around it, whatever the case."""
    assert lead_of(f"{prefix}{case(lead.name)}{suffix}") is lead  # type: ignore[operator]


@given(leads, prefixes, minuses, casings)
def test_a_lead_that_is_upside_down_is_none(lead: LeadName, prefix: str, minus: str, case: object) -> None:
    """And it is refused, not left out."""
    name = f"{prefix}{minus}{case(lead.name)}"  # type: ignore[operator]
    assert lead_of(name) is None
    with pytest.raises(UnreadableFileError, match="upside down"):
        standard_leads(["V1", name], PATH)


@given(st.text(max_size=200))
def test_any_name_is_a_lead_or_none(name: str) -> None:
    """And what is told of it is short and can be printed."""
    if lead_of(name) is not None:
        return
    with pytest.raises(UnreadableFileError) as raised:
        standard_leads([name], PATH)
    assert len(raised.value.problem) < 500
    assert raised.value.problem.isprintable()


@pytest.mark.parametrize("name", ["V7", "V3R", "X", "CC5", "II-cal", "resp", "ECG-II", "ECG", "Lead", "IV", "", "1"])
def test_other_channels_are_none_of_the_twelve(name: str) -> None:
    """However near they come."""
    assert lead_of(name) is None


@given(
    st.sampled_from([("nV", 1e-6), ("uV", 1e-3), ("\u00b5V", 1e-3), ("\u03bcV", 1e-3), ("mV", 1.0), ("V", 1e3)]),
    casings,
)
def test_a_unit_is_known_in_any_case(unit: tuple[str, float], case: object) -> None:
    """A micro sign that UTF-8 wrote and Latin-1 read is one as well."""
    name, millivolts = unit
    assert millivolts_of(f" {case(name)} ", PATH) == millivolts  # type: ignore[operator]
    assert millivolts_of(name.encode().decode("latin-1"), PATH) == millivolts


@given(st.text(max_size=100))
def test_any_other_unit_is_refused(unit: str) -> None:
    """None is guessed."""
    if is_voltage(unit):
        return
    with pytest.raises(UnreadableFileError, match=r"unit|must be in mV") as raised:
        millivolts_of(unit, PATH)
    assert raised.value.problem.isprintable()
