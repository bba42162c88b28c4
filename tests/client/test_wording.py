from ecg_client import Abstention, FieldViolation, LeadName, PredictionWarning, WarningCode
from ecg_client.outcomes import Problem
from ecg_client.wording import abstention_lines, field_lines, problem_text, warning_lines


def _imputed(message: str, measured: float, unit: str = "") -> PredictionWarning:
    return PredictionWarning("METADATA_IMPUTED", None, message, measured, unit)


def test_unknown_values_are_one_line() -> None:
    """Each with what the network was given; a value that was sent keeps a line of its own."""
    warnings = [
        _imputed("age_years is unknown: the network was given 59.63", 59.63, "year"),
        _imputed("sex is unknown: the network was given 0.48", 0.48),
        _imputed("height_cm has a value that this network counts as unknown: the network was given 167", 167.0, "cm"),
    ]
    assert list(warning_lines(warnings)) == [
        "unknown, so the network was given: age_years 59.63 year, sex 0.48",
        "METADATA_IMPUTED: height_cm has a value that this network counts as unknown: the network was given 167",
    ]


def _leads(code: str, *leads: LeadName, measured: float | None = None, unit: str = "") -> list[PredictionWarning]:
    return [PredictionWarning(code, lead, f"lead {lead.name} is odd", measured, unit) for lead in leads]


def test_leads_with_the_same_warning_are_one_line() -> None:
    """By name, with the span of their figures; a lead that is alone keeps its words, as does the whole recording."""
    warnings = [
        PredictionWarning(WarningCode.RESAMPLED, None, "resampled from 500 Hz", 500.0, "Hz"),
        *_leads(WarningCode.SIGNAL_FLAT, LeadName.V1, measured=0.0, unit="mV"),
        *_leads(WarningCode.SIGNAL_NOISE, LeadName.II, measured=0.125, unit="mV"),
        *_leads(WarningCode.SIGNAL_FLAT, LeadName.V2, LeadName.V3, measured=0.00123, unit="mV"),
        *_leads(WarningCode.LEAD_DERIVED, LeadName.AVR, LeadName.AVL),
        *_leads(WarningCode.SIGNAL_BASELINE_WANDER, *LeadName, measured=2.0, unit="mV"),
        *_leads("99", LeadName.V5, LeadName.V6, measured=0.5),
    ]
    assert list(warning_lines(warnings)) == [
        "RESAMPLED: resampled from 500 Hz",
        "flat: leads V1, V2, V3 (0 to 0.00123 mV)",
        "SIGNAL_NOISE (lead II): lead II is odd [0.125 mV]",
        "derived from I and II: leads AVR, AVL",
        "baseline wander: leads I, II, III, AVR, AVL, AVF, V1, V2, V3, V4, V5, V6 (2 mV)",
        "99: leads V5, V6 (0.5)",
    ]


def test_leads_that_were_masked_say_that_it_matters() -> None:
    """What changes the probabilities is told from what does not."""
    warnings = _leads(WarningCode.SIGNAL_LEAD_MASKED, LeadName.V1, LeadName.V2)
    assert list(warning_lines(warnings)) == ["replaced by 0 mV, which changes the probabilities: leads V1, V2"]


def test_a_figure_is_said_once() -> None:
    """It follows the message only where the message does not have it."""
    warnings = [
        PredictionWarning("LEAD_FLAT", LeadName.V1, "nearly flat", 0.01, "mV"),
        PredictionWarning("RESAMPLED", None, "resampled from 500 Hz", 500.0, "Hz"),
        PredictionWarning("SIGNAL_NOISE", LeadName.V2, "noise of 0.32 mV", 0.3176, "mV"),
    ]
    assert list(warning_lines(warnings)) == [
        "LEAD_FLAT (lead V1): nearly flat [0.01 mV]",
        "RESAMPLED: resampled from 500 Hz",
        "SIGNAL_NOISE (lead V2): noise of 0.32 mV",
    ]


def test_a_refusal_says_each_thing_once() -> None:
    """Its message holds what is wrong with the fields, so only their names follow."""
    problem = Problem("R", "too fast; send 100", (FieldViolation("recording.sample_rate_hz", "too fast; send 100"),))
    assert problem_text(problem) == "R: too fast; send 100"
    assert list(field_lines(problem)) == ["in recording.sample_rate_hz"]


def test_twelve_fields_that_are_wrong_alike_are_gathered() -> None:
    """The first in words, all of them by name."""
    descriptions = [f"lead {index} has a NaN" for index in range(12)]
    violations = [
        FieldViolation(f"recording.leads[{index}].millivolts", description)
        for index, description in enumerate(descriptions)
    ]
    problem = Problem("SAMPLE_NOT_FINITE", "; ".join(descriptions), tuple(violations))
    assert problem_text(problem) == "SAMPLE_NOT_FINITE: lead 0 has a NaN (and 11 more)"
    assert list(field_lines(problem)) == ["in recording.leads[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].millivolts"]


def test_what_the_message_leaves_out_is_said_with_its_field() -> None:
    """A field that several descriptions concern is named once."""
    fields = ("recording.packed_signal.samples", "recording.packed_signal.samples", "recording.metadata.sex")
    problem = Problem("", "bad samples", tuple(map(FieldViolation, fields, ("bad", "samples", "unheard of"))))
    assert list(field_lines(problem)) == [
        "in recording.packed_signal.samples",
        "recording.metadata.sex: unheard of",
    ]


def test_nothing_is_said_of_what_the_service_stands_by() -> None:
    """Abstaining is the exception."""
    assert list(abstention_lines([])) == []


def test_twelve_leads_that_are_unfamiliar_alike_are_gathered() -> None:
    """The first in words, the others by name; another kind of reason keeps its own line."""
    leads = [Abstention("UNFAMILIAR", lead, f"lead {lead.name} is odd") for lead in LeadName]
    head, unsure, odd = abstention_lines([Abstention("UNCERTAIN", None, "the network is unsure"), *leads])
    assert head.startswith("ABSTAINED: the service does not stand by these findings")
    assert unsure == "  the network is unsure"
    assert odd == "  lead I is odd (and 11 more like it: II, III, AVR, AVL, AVF, V1, V2, V3, V4, V5, V6)"
