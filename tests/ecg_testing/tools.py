"""Programs of other people that tests run."""

import os
import shutil

import pytest


def tool(name: str) -> str:
    """Return where a program lies; without it skip, or, in continuous integration, fail."""
    path = shutil.which(name)
    if path is None:
        reason = f"there is no {name} on PATH"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and a skipped test would hide that", pytrace=False)
        pytest.skip(reason)
    return path
