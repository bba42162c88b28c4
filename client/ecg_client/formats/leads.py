"""The names of leads, as files write them: "MDC_ECG_LEAD_AVR", "Lead I (Einthoven)", "ECG V1", "aVR"."""

import re
from collections.abc import Sequence
from pathlib import Path

from ecg_client.errors import UnreadableFileError
from ecg_client.recording import LeadName

_PREFIX = re.compile(r"^(?:(?:MDC_ECG_LEAD|ECG|EKG|LEAD)[\s_:]+)+", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_NEGATED = re.compile(r"(?:[-\N{MINUS SIGN}\N{HYPHEN}\N{EN DASH}]\s*(?P<before>\w+)|(?P<after>\w+)NEG)", re.IGNORECASE)
_GREATEST_SHOWN = 40


def lead_of(name: str) -> LeadName | None:
    """Returns the standard lead that a channel's name stands for; None: it stands for another, or for none."""
    return LeadName.__members__.get(_bare(name))


def standard_leads(names: Sequence[str], path: Path) -> dict[LeadName, int]:
    """Finds the standard leads among the channels of a file.

    Returns:
        The position of each, in the order of the channels.

    Raises:
        UnreadableFileError: There is none, one is there twice, or one is upside down.
    """
    leads: dict[LeadName, int] = {}
    for index, name in enumerate(names):
        _refuse_negated(name, path)
        lead = lead_of(name)
        if lead in leads:
            raise UnreadableFileError(path, f"two of its channels are called {shown(name)}; keep one of them")
        if lead is not None:
            leads[lead] = index
    if not leads:
        listed = ", ".join(map(shown, names))
        raise UnreadableFileError(
            path,
            f"there are no ECG leads in it: none of its channels ({listed[:400]}) is one of the twelve standard leads "
            "(I, II, … V6)",
        )
    return leads


def remarks_on_others(names: Sequence[str], leads: dict[LeadName, int]) -> list[str]:
    """Says which channels are left out, where any are."""
    others = [shown(name) for index, name in enumerate(names) if index not in leads.values()]
    return [f"channels left out, for they are none of the twelve leads: {', '.join(others)}"] if others else []


def shown(name: str) -> str:
    """Returns the name of a channel as it may be printed."""
    if not name:
        return "one without a name"
    return name[:_GREATEST_SHOWN] if name.isprintable() else ascii(name[:_GREATEST_SHOWN])


def _bare(name: str) -> str:
    return _IN_BRACKETS.sub("", _PREFIX.sub("", name.strip())).strip().upper()


def _refuse_negated(name: str, path: Path) -> None:
    match = _NEGATED.fullmatch(_bare(name))
    lead = LeadName.__members__.get(match["before"] or match["after"]) if match else None
    if lead is not None:
        usual = lead.name.replace("AV", "aV")
        raise UnreadableFileError(
            path,
            f"its channel {shown(name)} is lead {usual} upside down; change the sign of its samples and call it "
            f"{usual}",
        )
