"""The units of voltage, as files write them."""

from pathlib import Path

from ecg_client.errors import UnreadableFileError

_MICRO_SIGNS = "\N{MICRO SIGN}\N{GREEK SMALL LETTER MU}"
# A header of UTF-8 that was read as Latin-1 shows two letters for each.
_MICRO_FORMS = tuple(form.lower() for sign in _MICRO_SIGNS for form in (sign, sign.encode().decode("latin-1")))
_MILLIVOLTS_OF_UNIT = {
    **dict.fromkeys(("nv", "nanovolt", "nanovolts"), 1e-6),
    **dict.fromkeys(("uv", *(f"{form}v" for form in _MICRO_FORMS), "microvolt", "microvolts"), 1e-3),
    **dict.fromkeys(("mv", "millivolt", "millivolts"), 1.0),
    **dict.fromkeys(("v", "volt", "volts"), 1e3),
}
_GREATEST_SHOWN = 20


def is_voltage(unit: str) -> bool:
    """Says whether a unit is one of voltage that is known here."""
    return unit.strip().lower() in _MILLIVOLTS_OF_UNIT


def millivolts_of(unit: str, path: Path) -> float:
    """Returns how many millivolts a unit is.

    Raises:
        UnreadableFileError: It is none of nV, uV (or µV), mV and V.
    """
    if not unit.strip():
        raise UnreadableFileError(path, "it does not say in what unit its leads are; export it with mV or uV")
    millivolts = _MILLIVOLTS_OF_UNIT.get(unit.strip().lower())
    if millivolts is None:
        raise UnreadableFileError(path, f"a lead is in {unit[:_GREATEST_SHOWN]!r}, but must be in mV, uV, nV or V")
    return millivolts
