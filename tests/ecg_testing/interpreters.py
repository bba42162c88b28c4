"""The Pythons of this machine."""

import functools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13")


@functools.cache
def interpreter(version: str) -> Path | None:
    """Return a Python of a version such as "3.13", on PATH or among those of pyenv; None: there is none."""
    return next(
        (path for path in _candidates(version) if _says(path, "'%d.%d' % sys.version_info[:2]") == version), None
    )


def home_of(python: Path) -> Path:
    """Return the folder that a Python is installed in."""
    return Path(_says(python, "sys.base_prefix"))


def _candidates(version: str) -> Iterator[Path]:
    name = f"python{version}"
    yield from (Path(folder) / name for folder in os.get_exec_path())
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"), reverse=True)


def _says(python: Path, expression: str) -> str:
    """Return what an expression is there; empty: it is no Python that runs."""
    if not python.is_file():
        return ""
    said = subprocess.run(  # noqa: S603 - asks it for its version
        [python, "-c", f"import sys; print({expression})"], capture_output=True, text=True, check=False, timeout=60
    )
    return said.stdout.strip()
