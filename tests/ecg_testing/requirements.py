"""What a package needs, by what the packages that are installed here say of themselves."""

from collections.abc import Iterable, Mapping
from importlib.metadata import requires

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name


def needed(name: str, extras: Iterable[str], where: Mapping[str, str] | None = None) -> dict[str, SpecifierSet]:
    """Return all that a package needs, and what that needs in turn, each with the versions that will do.

    Args:
        name: the package.
        extras: which of its extras.
        where: the Python and the platform, as markers name them; None: this one.
    """
    environment = dict(where or default_environment())
    found: dict[str, SpecifierSet] = {}
    waiting = [(name, frozenset(extras))]
    seen = set(waiting)
    while waiting:
        package, wanted = waiting.pop()
        for requirement in map(Requirement, requires(package) or ()):
            if not _applies(requirement, wanted, environment):
                continue
            one = canonicalize_name(requirement.name)
            if one != name:
                found[one] = found.get(one, SpecifierSet()) & requirement.specifier
            further = (one, frozenset(requirement.extras))
            if further not in seen:
                seen.add(further)
                waiting.append(further)
    return found


def _applies(requirement: Requirement, extras: frozenset[str], environment: dict[str, str]) -> bool:
    return requirement.marker is None or any(
        requirement.marker.evaluate({**environment, "extra": extra}) for extra in (extras or {""})
    )
