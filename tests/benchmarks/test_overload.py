"""A test of overload, short; and its goals, on figures made up by hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.case import CaseResult
from benchmarks.machine import Machine
from benchmarks.overload.__main__ import BEGIN, END
from benchmarks.overload.figures import call_figures, probe_figures
from benchmarks.overload.probe import Probes
from benchmarks.overload.results import Results, case_name, judge
from benchmarks.overload.settings import Settings, shared_out
from benchmarks.overload.tally import OK, REFUSED, Ended, Tally
from benchmarks.spread import spread

ROOT = Path(__file__).resolve().parents[2]
SHORT = ("--models", "ensemble", "--multiples", "4", "--connections", "2", "--rounds", "1", "--seconds", "2")


def test_a_flood_is_answered_in_part_and_the_rest_is_refused(tmp_path: Path) -> None:
    """Every call is answered or refused, every refusal says when to call again, and the server stays SERVING."""
    output, document = tmp_path / "overload.json", tmp_path / "benchmarks.md"
    document.write_text(f"Before.\n{BEGIN}\n{END}\nAfter.\n", encoding="utf-8")
    flags = (
        *SHORT,
        "--filling-seconds",
        "1",
        "--queue-windows",
        "32",
        "--output",
        str(output),
        "--document",
        str(document),
    )
    command = [sys.executable, "-m", "benchmarks.overload", *flags]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 - our own
    assert run.returncode == 0, run.stdout + run.stderr
    (case,) = json.loads(output.read_bytes())["cases"]
    figures = {name: figure["median"] for name, figure in case["metrics"].items()}
    assert figures["answered_per_s"] > 0
    assert figures["refused_per_s"] > 0
    assert (figures["otherwise_ended"], figures["without_retry_info"], figures["not_serving"]) == (0, 0, 0)
    assert "### Overload: ensemble" in document.read_text(encoding="utf-8")


def _ended(moment: float, status: str, milliseconds: float = 10, *, has_retry_info: bool = False) -> Ended:
    sent = moment - milliseconds / 1000
    return Ended(sent, sent, moment, status, has_retry_info)


def test_rates_are_of_what_ended_in_time_and_faults_of_all() -> None:
    """Two of four answers came while it was measured; the call that was cut off came before, and counts."""
    calls = Tally(
        (
            *(_ended(moment, OK) for moment in (0.5, 1.5, 2.5, 3.5)),
            _ended(1.2, REFUSED, 4, has_retry_info=True),
            _ended(1.4, REFUSED, 6),
            _ended(0.1, "CANCELLED"),
        )
    )
    figures = call_figures(calls, 1.0, 3.0, capacity_per_s=2.0)
    assert (figures["answered_per_s"], figures["answered_share"], figures["refused_per_s"]) == (1.0, 0.5, 1.0)
    assert (figures["refused_p50_ms"], figures["refused_p99_ms"]) == (pytest.approx(4), pytest.approx(6))
    assert (figures["otherwise_ended"], figures["without_retry_info"]) == (1, 1)


def test_where_nobody_is_refused_refusals_take_longer_than_anybody_looked() -> None:
    """No goal is met by refusing nobody."""
    figures = call_figures(Tally((_ended(1.5, OK),)), 1.0, 3.0, capacity_per_s=1.0)
    assert figures["refused_p99_ms"] == 2000


def test_whatever_a_probe_is_told_but_serving_counts() -> None:
    """That it was told nothing, too."""
    figures = probe_figures(Probes(("SERVING", "NOT_SERVING", "DEADLINE_EXCEEDED"), (1.0, 2.0, 3.0)))
    assert figures == {"health_p99_ms": 3.0, "not_serving": 2}


def _flood(connections: int, multiple: float, **metrics: float) -> CaseResult:
    return CaseResult(
        "model", case_name(connections, multiple), "onnx", {name: spread([value]) for name, value in metrics.items()}
    )


def test_the_goals_are_judged_by_the_worst_flood_of_ten_times_the_capacity() -> None:
    """What becomes of smaller floods decides nothing."""
    good = {
        "answered_share": 0.95,
        "refused_p99_ms": 20.0,
        "otherwise_ended": 0.0,
        "without_retry_info": 0.0,
        "rss_before_mb": 100.0,
        "rss_highest_mb": 120.0,
        "not_serving": 0.0,
    }
    poor = {**good, "answered_share": 0.5, "refused_p99_ms": 500.0}
    machine = Machine("a processor", 2, 8.0, "Linux", "CPython 3.11", {}, 0.1)
    settings = Settings(
        models=("model",),
        multiples=(2, 10),
        connections=(1,),
        rounds=1,
        seconds=1,
        filling_seconds=1,
        callers=1,
        server_cores=(0,),
        caller_cores=(1,),
    )
    cases = (_flood(1, 10, **good), _flood(16, 10, **good), _flood(1, 2, **poor))
    assert [goal.is_met for goal in judge(Results("2000-01-01", machine, settings, cases))] == [True] * 5
    cases = (_flood(1, 10, **good), _flood(16, 10, **poor))
    assert [goal.is_met for goal in judge(Results("2000-01-01", machine, settings, cases))] == [
        False,
        False,
        *[True] * 3,
    ]
    assert [goal.is_met for goal in judge(Results("2000-01-01", machine, settings, ()))] == [None] * 5


@pytest.mark.parametrize(
    ("cores", "server", "callers"),
    [((0,), (0,), (0,)), ((0, 1), (0,), (1,)), ((2, 3, 5), (2,), (3, 5)), ((0, 1, 2, 3), (0, 1), (2, 3))],
)
def test_cores_are_shared_out(cores: tuple[int, ...], server: tuple[int, ...], callers: tuple[int, ...]) -> None:
    """Half each; what callers cost is not to be taken from the server."""
    assert shared_out(cores) == (server, callers)
