"""The channels of a WFDB record: which of them are standard leads, and in what unit each is."""

import dataclasses
import re
from pathlib import Path
from typing import Any

from ecg_client.errors import UnreadableFileError
from ecg_client.recording import LeadName

_MICRO_SIGNS = "\N{MICRO SIGN}\N{GREEK SMALL LETTER MU}"
_MILLIVOLTS_OF_UNIT = {"mv": 1.0, "uv": 1e-3, **{f"{sign}v": 1e-3 for sign in _MICRO_SIGNS}, "v": 1e3}
_UNIT_FIELD, _NAME_FIELD = 2, 8
_NEGATED = re.compile(r"[-\N{MINUS SIGN}\N{HYPHEN}\N{EN DASH}]\s*(?P<lead>\w+)")


@dataclasses.dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a record.

    Attributes:
        index: Its position in the record, counted from 0.
        name: Its name as the header has it; may be empty.
        unit: The unit of its physical values, as the header has it.
    """

    index: int
    name: str
    unit: str


def channels_of(header: Any, header_path: Path) -> list[Channel]:
    """Lists the channels of a record, given its header as `wfdb` parsed it."""
    # The parser drops all that is not ASCII: a channel in µV would be one in V, and aVR behind a real minus sign aVR.
    lines = _signal_lines(header_path)
    return [
        Channel(index, *_as_written(lines[index] if index < len(lines) else "", (name or "").strip(), unit or "mV"))
        for index, (name, unit) in enumerate(zip(header.sig_name or (), header.units or (), strict=True))
    ]


def standard_leads(channels: list[Channel], path: Path) -> dict[LeadName, Channel]:
    """Finds the standard leads, in the order of the channels; names are taken in upper or lower case.

    Raises:
        UnreadableFileError: There is none, one is there twice, or one is upside down.
    """
    leads: dict[LeadName, Channel] = {}
    for channel in channels:
        _refuse_negated(channel.name, path)
        lead = LeadName.__members__.get(channel.name.upper())
        if lead in leads:
            raise UnreadableFileError(path, f"two of its channels are called {channel.name}; keep one of them")
        if lead is not None:
            leads[lead] = channel
    if not leads:
        names = ", ".join(channel.name for channel in channels)
        raise UnreadableFileError(path, f"none of its channels ({names}) is one of the twelve standard leads")
    return leads


def millivolts_of(unit: str, path: Path) -> float:
    """Says how many millivolts a unit is.

    Raises:
        UnreadableFileError: It is none of mV, uV (or µV) and V.
    """
    if unit.lower() not in _MILLIVOLTS_OF_UNIT:
        raise UnreadableFileError(path, f"a lead is in {unit!r}, but must be in mV, uV or V")
    return _MILLIVOLTS_OF_UNIT[unit.lower()]


def _signal_lines(header_path: Path) -> list[str]:
    content = header_path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")][1:]


def _as_written(line: str, name: str, unit: str) -> tuple[str, str]:
    """The name and the unit of a channel: as parsed, unless the parser dropped something of its line."""
    if line.isascii():
        return name, unit
    fields = line.split(maxsplit=_NAME_FIELD)
    written_unit = fields[_UNIT_FIELD].partition("/")[2] if len(fields) > _UNIT_FIELD else ""
    return fields[_NAME_FIELD] if len(fields) > _NAME_FIELD else name, written_unit or unit


def _refuse_negated(name: str, path: Path) -> None:
    match = _NEGATED.fullmatch(name)
    if match is not None and match["lead"].upper() in LeadName.__members__:
        raise UnreadableFileError(
            path,
            f"its channel {name} is lead {match['lead']} upside down; change the sign of its samples and call it "
            f"{match['lead']}",
        )
