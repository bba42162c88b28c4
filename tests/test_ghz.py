"""What docs/ghz.md tells people to type works, and reports what it says; with the real ghz and a real server."""

import math
from pathlib import Path

import pytest

from ecg_testing.documented import assert_is_as_told, run, steps_of
from ecg_testing.processes import ServerProcess
from ecg_testing.tools import tool

ROOT = Path(__file__).parents[1]
SECTIONS = steps_of(ROOT / "docs/ghz.md")
