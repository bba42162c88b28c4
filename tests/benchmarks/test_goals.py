"""The goals, on figures made up by hand."""

from pathlib import Path

import pytest
from benchmarks.budget import stream_budget
from benchmarks.case import CaseResult, Results
from benchmarks.document import BEGIN, END, markdown, write_document
from benchmarks.goals import MANY_CALLERS, ONE_CALLER, judge
from benchmarks.machine import Machine
from benchmarks.parts import bare, gateway, growth, original, resources, stream, unary
from benchmarks.settings import Settings
from benchmarks.spread import spread

from ecg_model.loading import Runtime

MACHINE = Machine("a processor", 2, 8.0, "Linux", "CPython 3.11", {"numpy": "2"}, 0.1)


def _case(part: str, name: str, runtime: str = "onnx", **metrics: tuple[float, ...]) -> CaseResult:
    return CaseResult(part, name, runtime, {metric: spread(values) for metric, values in metrics.items()})


def _bare(threads: int, batch: int, rate: tuple[float, ...], p50: tuple[float, ...]) -> CaseResult:
    name = bare.case_name(Runtime.ONNX, threads, runs=1, batch=batch)
    return _case(bare.PART, name, recordings_per_s=rate, p50_ms=p50, client_cpu_ms=(1.0,))


CASES = (
    _bare(1, 1, (700.0, 720.0), (1.4, 1.3)),
    _bare(2, 1, (900.0, 1000.0), (1.0, 0.9)),
    _bare(2, 8, (1000.0, 2000.0), (8.0, 4.0)),
    _case(original.PART, original.case_name(32), "tensorflow", recordings_per_s=(20.0, 40.0)),
    _case(unary.PART, ONE_CALLER, p50_ms=(1.4, 1.6)),
    _case(unary.PART, MANY_CALLERS, recordings_per_s=(400.0, 1200.0), p50_ms=(30.0, 20.0), p99_ms=(60.0, 80.0)),
    _case(gateway.PART, gateway.OVER_GRPC, server_cpu_ms=(6.0, 7.0)),
    _case(gateway.PART, "JSON, X and Y", server_cpu_ms=(8.0, 9.5)),
    _case(gateway.PART, "ProtoJSON, leads", server_cpu_ms=(9.5, 10.0)),
    _case(gateway.PART, "ProtoJSON, packed_signal", server_cpu_ms=(7.0, 8.0)),
    _case(
        stream.PART,
        stream.ONE_STREAM,
        recordings_per_s=(875.0, 1875.0),
        server_cpu_ms=(1.2,),
        client_cpu_ms=(0.2,),
    ),
    _case(stream.PART, stream.ONE_STREAM_500_HZ, recordings_per_s=(700.0, 750.0)),
    _case(
        resources.PART, resources.case_name(Runtime.ONNX), start_s=(1.6, 1.4, 1.2), after_rss_mb=(190.0, 220.0, 210.0)
    ),
    _case(growth.PART, growth.NAME, server_growth_percent=(1.5,)),
)


def _results(*cases: CaseResult, stream_recordings: int = 100_000) -> Results:
    settings = Settings(parts=("bare", "stream"), rounds=2, stream_recordings=stream_recordings)
    return Results("2000-01-01", MACHINE, "a model", settings, cases)


def _judged(results: Results) -> list[tuple[object, bool | None]]:
    return [(goal.measured and pytest.approx(goal.measured.median), goal.is_met) for goal in judge(results)]


def test_each_goal_is_judged_by_the_median_of_what_it_names() -> None:
    """The stream against the best of all ways to run the network; latency against its best with a single recording."""
    assert _judged(_results(*CASES)) == [
        (0.90625, True),
        (0.6, True),
        (0.55, True),
        (25.0, True),
        (3.0, True),
        (2.25, True),
        (3.25, False),
        (1.0, True),
        (210.0, False),
        (1.4, True),
        (1.5, True),
    ]


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    """No goal is met by measuring something else."""
    assert _judged(_results()) == [(None, None)] * 11


def test_a_short_stream_does_not_tell_of_growth() -> None:
    """It is said how many recordings it takes."""
    goal = judge(_results(*CASES, stream_recordings=99_999))[-1]
    assert (goal.is_met, goal.note) == (None, "99,999 recordings were sent; 100,000 are needed to tell")


def test_the_cores_time_is_accounted_for() -> None:
    """What the network takes in a loop, what server and client take beyond it, and the rest."""
    budget = stream_budget(CASES, cores=2)
    assert list(budget.values()) == pytest.approx([1.0, 0.2, 0.2, 2000 / 1375 - 1.4, 2000 / 1375])


def test_the_document_keeps_what_stands_around_the_results(tmp_path: Path) -> None:
    """Numbers are never written by hand; the words around them are."""
    path = tmp_path / "document.md"
    path.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n", encoding="utf-8")
    results = _results(*CASES)
    write_document(results, path)
    written = path.read_text(encoding="utf-8")
    assert written == f"Before.\n{BEGIN}\n\n{markdown(results)}\n{END}\nAfter.\n"
    assert "1,375 (875" in written
    write_document(results, path)
    assert path.read_text(encoding="utf-8") == written


def test_a_document_without_a_place_for_results_is_left_alone(tmp_path: Path) -> None:
    """It is some other document."""
    path = tmp_path / "document.md"
    path.write_text("Something else.\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        write_document(_results(), path)
    assert path.read_text(encoding="utf-8") == "Something else.\n"
