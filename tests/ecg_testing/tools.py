"""Programs and packages of other people that tests run."""

import importlib.util
import os
import shutil
from typing import NoReturn

import pytest


def tool(name: str) -> str:
    """Return where a program lies; without it skip, or, in continuous integration, fail."""
    path = shutil.which(name)
    if path is None:
        lacks(f"there is no {name} on PATH")
    return path


def module(name: str) -> None:
    """Without a package of Python skip, or, in continuous integration, fail."""
    if importlib.util.find_spec(name) is None:
        lacks(f"{name} is not installed")


def lacks(reason: str) -> NoReturn:
    """Skip for this reason, or, in continuous integration, fail."""
    if os.environ.get("CI", "").lower() not in ("", "0", "false", "no"):
        pytest.fail(f"{reason}, and a skipped test would hide that", pytrace=False)
    pytest.skip(reason)
