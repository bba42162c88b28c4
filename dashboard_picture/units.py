"""Numbers as people read them, by the names that Grafana has for units."""

from math import isnan

_THOUSANDS = ("", " K", " M", " G")
_BINARY = (" B", " KiB", " MiB", " GiB")
_RATES = {"reqps": " req/s", "rps": " /s"}
_MINUTE = 60.0


def text_of(value: float, unit: str) -> str:
    """Return a value with its unit, in three digits or so."""
    if isnan(value):
        return "no data"
    if unit == "percentunit":
        return f"{100 * value:.3g} %"
    if unit == "bytes":
        return _scaled(value, 1024, _BINARY)
    if unit == "ms":
        return _duration(value / 1000)
    if unit == "s":
        return _duration(value)
    return _scaled(value, 1000, _THOUSANDS) + _RATES.get(unit, "")


def _duration(seconds: float) -> str:
    if seconds >= _MINUTE:
        return f"{seconds / _MINUTE:.3g} min"
    return f"{seconds:.3g} s" if seconds >= 1 or seconds == 0 else f"{1000 * seconds:.3g} ms"


def _scaled(value: float, base: int, units: tuple[str, ...]) -> str:
    power = 0
    while abs(value) >= base and power < len(units) - 1:
        value, power = value / base, power + 1
    return f"{value:.3g}{units[power]}"
