"""What docs/grpcurl.md tells people to type works, and prints what it says; with the real grpcurl and real servers."""

import re
from pathlib import Path

import pytest

from ecg_testing.documented import ROOT, addresses_of, follow, lay_out, sections_of
from ecg_testing.processes import ServerProcess
from ecg_testing.tools import tool

PAGE = ROOT / "docs/grpcurl.md"
SECTIONS = sections_of(PAGE)


@pytest.fixture(scope="session")
def grpcurl() -> str:
    """The grpcurl of this machine."""
    return tool("grpcurl")


@pytest.mark.usefixtures("grpcurl")
@pytest.mark.parametrize("section", SECTIONS)
def test_what_the_page_tells(section: str, tmp_path: Path, default_server: ServerProcess) -> None:
    """Every command of a section runs, one after the other, and prints what stands below it."""
    lay_out(tmp_path)
    follow(SECTIONS[section], tmp_path, addresses_of(default_server))


def test_every_call_is_made() -> None:
    """None of the service's calls, and no example, is left out."""
    page = PAGE.read_text(encoding="utf-8")
    called = set(re.findall(r"ecg\.v1\.EcgService/(\w+)", page))
    read = set(re.findall(r"< (examples/\w+\.json)", page))

    assert called == {"Predict", "PredictStream", "ModelSummary"}
    assert read == {str(path.relative_to(ROOT)) for path in (ROOT / "examples").glob("*.json")}
