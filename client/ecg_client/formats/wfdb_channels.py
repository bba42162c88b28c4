"""The channels of a WFDB record: what each is called, and in what unit it is."""

import dataclasses
from pathlib import Path
from typing import Any

_UNIT_FIELD, _NAME_FIELD = 2, 8


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


def signal_file_names(header_path: Path) -> list[str]:
    """Lists the files that a header says the samples are in, each once."""
    return list(dict.fromkeys(line.split()[0] for line in _signal_lines(header_path)))


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
