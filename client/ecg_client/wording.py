"""Problems, warnings and abstentions in few words: what the service says, gathered for people to read."""

import re
from collections.abc import Iterable, Iterator

from ecg_client.outcomes import Problem
from ecg_client.prediction import Abstention, PredictionWarning, WarningCode

_UNKNOWN = re.compile(r"(?P<field>\w+) (?:is|was) unknown\b")
# How a kind of warning is called where several leads have it; of any other kind, its code in words.
_KINDS: dict[str, str] = {
    WarningCode.LEAD_DERIVED: "derived from I and II",
    WarningCode.SIGNAL_AMPLITUDE: "implausible amplitude",
    WarningCode.SIGNAL_NOISE: "noisy",
    WarningCode.SIGNAL_STEP: "jumping",
    WarningCode.SIGNAL_LEADS_CONTRADICT: "contradicting I and II",
    WarningCode.SIGNAL_LEAD_MASKED: "replaced by 0 mV, which changes the probabilities",
}
_INDEX = re.compile(r"\[(\d+)\]")
_MOST_DESCRIPTIONS = 3
_USUAL_DIGITS = (6, 4, 3, 2)


def is_about_quality(warning: PredictionWarning) -> bool:
    """Whether a warning concerns the quality of the signal."""
    return warning.code.startswith("SIGNAL_")


def problem_text(problem: Problem) -> str:
    """A problem on one line; where many fields are wrong in the same way, only the first of them in words."""
    descriptions = list(dict.fromkeys(violation.description for violation in problem.field_violations))
    message = problem.message
    if len(descriptions) > _MOST_DESCRIPTIONS and message == "; ".join(descriptions):
        message = f"{descriptions[0]} (and {len(descriptions) - 1} more)"
    return f"{problem.reason}: {message}" if problem.reason else message


def field_lines(problem: Problem) -> Iterator[str]:
    """The fields that are wrong; what is wrong with one only where the message does not say it."""
    said = [violation.field for violation in problem.field_violations if violation.description in problem.message]
    if said:
        yield f"in {', '.join(_gathered(said))}"
    for violation in problem.field_violations:
        if violation.description not in problem.message:
            yield f"{violation.field}: {violation.description}"


def warning_lines(warnings: Iterable[PredictionWarning]) -> Iterator[str]:
    """One line for all values that were unknown, one for all leads with the same warning, and one for each other."""
    imputed: list[str] = []
    by_kind: dict[object, list[PredictionWarning]] = {}
    for index, warning in enumerate(warnings):
        match = _UNKNOWN.match(warning.message) if warning.code == WarningCode.METADATA_IMPUTED else None
        if match and warning.measured is not None:
            imputed.append(f"{match['field']} {_figure(warning)}")
        else:
            by_kind.setdefault(index if warning.lead is None else warning.code, []).append(warning)
    if imputed:
        yield f"unknown, so the network was given: {', '.join(imputed)}"
    for alike in by_kind.values():
        yield _warning_text(alike[0]) if len(alike) == 1 else _gathered_text(alike)


def abstention_lines(abstentions: Iterable[Abstention]) -> Iterator[str]:
    """What abstaining means, and below it each reason; of many leads that are alike only the first in words."""
    by_kind: dict[str, list[Abstention]] = {}
    for abstention in abstentions:
        by_kind.setdefault(abstention.reason, []).append(abstention)
    if by_kind:
        yield "ABSTAINED: the service does not stand by these findings; count the recording as not classified"
    for alike in by_kind.values():
        if len(alike) <= _MOST_DESCRIPTIONS:
            yield from (f"  {abstention.message}" for abstention in alike)
        else:
            leads = ", ".join(abstention.lead.name for abstention in alike[1:] if abstention.lead is not None)
            yield f"  {alike[0].message} (and {len(alike) - 1} more like it: {leads})"


def _gathered(fields: Iterable[str]) -> Iterator[str]:
    """Each field once; those that differ in their last index alone as one."""
    indices_of: dict[tuple[str, str], list[str]] = {}
    for field in dict.fromkeys(fields):
        before, index, after = _split(field)
        indices_of.setdefault((before, after), []).append(index)
    for (before, after), indices in indices_of.items():
        yield f"{before}[{', '.join(indices)}]{after}" if any(indices) else before


def _split(field: str) -> tuple[str, str, str]:
    found = list(_INDEX.finditer(field))
    return (field[: found[-1].start()], found[-1][1], field[found[-1].end() :]) if found else (field, "", "")


def _warning_text(warning: PredictionWarning) -> str:
    lead = f" (lead {warning.lead.name})" if warning.lead is not None else ""
    return f"{warning.code}{lead}: {warning.message}{'' if _is_said(warning) else f' [{_figure(warning)}]'}"


def _is_said(warning: PredictionWarning) -> bool:
    """Whether a message has its figure already, rounded to whatever digits."""
    measured = warning.measured
    return measured is None or any(f"{measured:.{digits}g}" in warning.message for digits in _USUAL_DIGITS)


def _gathered_text(alike: list[PredictionWarning]) -> str:
    code = alike[0].code
    kind = _KINDS.get(code, code.removeprefix("SIGNAL_").replace("_", " ").lower())
    leads = ", ".join(warning.lead.name for warning in alike if warning.lead is not None)
    return f"{kind}: leads {leads}{_span(alike)}"


def _span(alike: list[PredictionWarning]) -> str:
    """The least and the greatest figure of several warnings; nothing where they have none, or not all in one unit."""
    figures = sorted(warning.measured for warning in alike if warning.measured is not None)
    if not figures or len({warning.unit for warning in alike}) > 1:
        return ""
    least, greatest, unit = f"{figures[0]:.3g}", f"{figures[-1]:.3g}", alike[0].unit
    return f" ({least if least == greatest else f'{least} to {greatest}'} {unit}".rstrip() + ")"


def _figure(warning: PredictionWarning) -> str:
    return f"{warning.measured:g} {warning.unit}".rstrip()
