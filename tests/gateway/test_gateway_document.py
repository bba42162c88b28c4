"""What docs/gateway.md tells people to type works, and what it lists is what there is."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest

from ecg_gateway.__main__ import main
from ecg_gateway.contract import METHODS
from ecg_gateway.original import FEATURES
from ecg_gateway.status import HTTP_STATUS, REFUSALS
from ecg_testing.documented import ROOT, follow, lay_out, sections_of
from ecg_testing.tools import tool

PAGE = ROOT / "docs" / "gateway.md"
TEXT = PAGE.read_text(encoding="utf-8")
SECTIONS = sections_of(PAGE)
# Not of what a request may be refused for, but of what becomes of it.
OTHER_REASONS = {"CALLER_GONE": 499, "INTERNAL": 500, "BODIES_TOO_MANY": 503, "SERVICE_UNREACHABLE": 503}


@pytest.mark.parametrize("section", SECTIONS)
def test_what_the_page_tells(section: str, tmp_path: Path, default_url: str) -> None:
    """Every command of a section runs, one after the other, and prints what stands below it."""
    tool("curl")
    lay_out(tmp_path)
    follow(SECTIONS[section], tmp_path, {"http://127.0.0.1:8000": default_url})


def test_every_status_is_in_the_table() -> None:
    """Each gRPC code with its own."""
    rows = re.findall(r"^\| ((?:`[A-Z_]+`,? ?)+) \| (\d{3}) \|$", TEXT, re.MULTILINE)
    told = {name: int(status) for names, status in rows for name in re.findall(r"`(\w+)`", names)}

    assert told == {code.name: status for code, status in HTTP_STATUS.items()}


def test_every_reason_is_in_the_table() -> None:
    """Each with its status, and with what to do."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\d{3}) \| \w", TEXT, re.MULTILINE)
    own = {reason: status for reason, (status, _) in REFUSALS.items()}

    assert {reason: int(status) for reason, status in rows} == {
        **own,
        **OTHER_REASONS,
        "DEADLINE_PASSED": HTTPStatus.GATEWAY_TIMEOUT,
    }


def test_every_method_is_in_the_table() -> None:
    """With its path."""
    rows = re.findall(r"^\| `(\w+) (/v1/\S+)` \| `(\w+)` \|", TEXT, re.MULTILINE)

    assert rows == [(method.verb, method.path, method.rpc) for method in METHODS]


def test_x_has_as_many_rows_as_features() -> None:
    """In its order."""
    assert [int(index) for index in re.findall(r"^\| `X\[(\d)\]`", TEXT, re.MULTILINE)] == list(range(len(FEATURES)))


def test_every_flag_exists(capsys: pytest.CaptureFixture[str]) -> None:
    """Of those that the page names."""
    with pytest.raises(SystemExit):
        main(["--help"])
    flags = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out))

    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT)) - {"--help"} <= flags
