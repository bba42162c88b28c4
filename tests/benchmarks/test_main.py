"""The whole benchmark, with next to nothing in it: everything runs once, every answer is right."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from benchmarks.document import BEGIN, END

ROOT = Path(__file__).resolve().parents[2]
TINY = ("--rounds", "1", "--seconds", "0.05", "--stream-recordings", "40")


@dataclass(frozen=True, slots=True)
class Finished:
    """A run: what it printed, stored and put into a document."""

    printed: str
    results: dict[str, Any]
    document: str


def _benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 - our own


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """One run of all parts."""
    folder = tmp_path_factory.mktemp("benchmarks")
    output, document = folder / "results.json", folder / "benchmarks.md"
    document.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    run = _benchmarks(*TINY, "--output", str(output), "--document", str(document))
    assert run.returncode == 0, run.stdout + run.stderr
    return Finished(run.stdout, json.loads(output.read_bytes()), document.read_text(encoding="utf-8"))


def test_every_case_is_measured(finished: Finished) -> None:
    """No contender fails or answers wrongly: that would be the note of its case."""
    parts = ["bare", "original", "naive", "unary", "gateway", "stream", "workers", "resources", "growth"]
    assert list(dict.fromkeys(case["part"] for case in finished.results["cases"])) == parts
    assert not {case["name"]: case["note"] for case in finished.results["cases"] if not case["metrics"]}


def test_every_figure_has_one_value_a_round(finished: Finished) -> None:
    """And the median, the smallest and the greatest of them."""
    spreads = [spread for case in finished.results["cases"] for spread in case["metrics"].values()]
    assert len(spreads) > 100
    for spread in spreads:
        assert [spread["median"], spread["minimum"], spread["maximum"]] == spread["values"] * 3


def test_every_goal_has_a_figure(finished: Finished) -> None:
    """Growth is not judged: the stream was too short to tell."""
    goals = finished.results["goals"]
    assert len(goals) == 11
    assert all(goal["measured"] is not None for goal in goals)
    assert [goal["is_met"] is None for goal in goals] == [False] * 10 + [True]


def test_the_results_name_no_host_and_no_path(finished: Finished) -> None:
    """They are published."""
    machine = json.dumps(finished.results["machine"])
    for private in (str(ROOT), str(Path.home()), os.uname().nodename):
        assert private not in machine
        assert private not in finished.document


def test_terminal_and_document_show_the_same_tables(finished: Finished) -> None:
    """With the goals in both."""
    for title in ("The bare network in a loop", "This server: streams", "Memory in one long stream", "Goals"):
        assert title in finished.printed
        assert f"### {title}" in finished.document


def test_an_earlier_run_is_shown_without_measuring_anything(finished: Finished, tmp_path: Path) -> None:
    """From the file alone."""
    stored = tmp_path / "results.json"
    stored.write_text(json.dumps(finished.results), encoding="utf-8")
    shown = _benchmarks("--read", str(stored))
    assert (shown.returncode, shown.stdout.split()) == (0, finished.printed.split())


def test_an_unknown_part_is_refused() -> None:
    """And the known ones are named."""
    refused = _benchmarks("--only", "bare,streams")
    assert refused.returncode == 2
    assert "there is no streams; there are bare, original" in refused.stderr
