"""The environment variables that `ecg-server` reads."""

import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache


@cache
def server_variables() -> frozenset[str]:
    """Return them all, as its help names them."""
    told = subprocess.run([sys.executable, "-m", "ecg_server", "--help"], capture_output=True, text=True, check=True)
    return frozenset(re.findall(r"\bECG_[A-Z_]+\b", told.stdout))


def unknown_variables(variables: Iterable[str]) -> set[str]:
    """Return those that it would take no notice of."""
    return {name for name in variables if name.startswith("ECG_")} - server_variables()
