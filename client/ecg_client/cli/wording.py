"""Problems, warnings and abstentions in few words: what the service says, gathered for people to read."""

import re
from collections.abc import Iterable, Iterator

from ecg_client.cli.outcomes import Problem
from ecg_client.prediction import Abstention, PredictionWarning

_UNKNOWN = re.compile(r"(?P<field>\w+) (?:is|was) unknown\b")
_INDEX = re.compile(r"\[(\d+)\]")
_MOST_DESCRIPTIONS = 3


def problem_text(problem: Problem) -> str:
    """A problem on one line; where many fields are wrong in the same way, only the first of them in words."""
    descriptions = list(dict.fromkeys(violation.description for violation in problem.field_violations))
    message = problem.message
    if len(descriptions) > _MOST_DESCRIPTIONS and message == "; ".join(descriptions):
        message = f"{descriptions[0]} (and {len(descriptions) - 1} more like it)"
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
    """One line for all values that were unknown, and one for each other warning."""
    imputed, others = [], []
    for warning in warnings:
        match = _UNKNOWN.match(warning.message) if warning.code == "METADATA_IMPUTED" else None
        if match and warning.measured is not None:
            imputed.append(f"{match['field']} {_figure(warning)}")
        else:
            others.append(_warning_text(warning))
    if imputed:
        yield f"unknown, so the network was given: {', '.join(imputed)}"
    yield from others


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
    is_said = warning.measured is None or f"{warning.measured:g}" in warning.message
    return f"{warning.code}{lead}: {warning.message}{'' if is_said else f' [{_figure(warning)}]'}"


def _figure(warning: PredictionWarning) -> str:
    return f"{warning.measured:g} {warning.unit}".rstrip()
