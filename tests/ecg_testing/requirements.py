"""What the project needs, by what it says, and what the packages that are installed here say of themselves."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import requires

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ecg_testing.distributions import PROJECT


def needed(extras: Iterable[str], where: Mapping[str, str] | None = None) -> dict[str, SpecifierSet]:
    """Return all that the project needs, and what that needs in turn, each with the versions that will do.

    Args:
        extras: which of its extras.
        where: the Python and the platform, as markers name them; None: this one.
    """
    environment = dict(where or default_environment())
    found: dict[str, SpecifierSet] = {}
    waiting = [(PROJECT["name"], frozenset(extras))]
    seen = set(waiting)
    while waiting:
        for requirement in _requirements(*waiting.pop(), environment):
            name = canonicalize_name(requirement.name)
            if name != PROJECT["name"]:
                found[name] = found.get(name, SpecifierSet()) & requirement.specifier
            further = (name, frozenset(requirement.extras))
            if further not in seen:
                seen.add(further)
                waiting.append(further)
    return found


def _requirements(name: str, extras: frozenset[str], environment: dict[str, str]) -> Iterator[Requirement]:
    if name == PROJECT["name"]:
        # What is installed of the project itself may be older than what it says now.
        lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
        said = [one for listed in lists for one in listed]
    else:
        said = requires(name) or []
    for requirement in map(Requirement, said):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({**environment, "extra": extra}) for extra in (extras or {""})):
            yield requirement
