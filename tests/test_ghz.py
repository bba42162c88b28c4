"""What docs/ghz.md tells people to type works, and reports what it says; with the real ghz and real servers."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ecg_testing.documented import ROOT, addresses_of, follow, lay_out, sections_of
from ecg_testing.processes import ServerProcess
from ecg_testing.tools import tool

SECTIONS = sections_of(ROOT / "docs/ghz.md")
# Each machine, and each run, has its own.
FIGURE = r"\d+\.\d+(?: (?:ns|µs|ms|s)\b)?"


@pytest.fixture(scope="session")
def ghz() -> str:
    """The ghz of this machine."""
    return tool("ghz")


@pytest.mark.usefixtures("ghz")
@pytest.mark.parametrize("section", SECTIONS)
def test_what_the_page_tells(section: str, tmp_path: Path, default_server: ServerProcess) -> None:
    """Every command of a section runs, and reports so many calls, so ended, whatever the figures."""
    lay_out(tmp_path)
    steps = [replace(step, printed=re.sub(FIGURE, "…", step.printed)) for step in SECTIONS[section]]
    follow(steps, tmp_path, addresses_of(default_server))
