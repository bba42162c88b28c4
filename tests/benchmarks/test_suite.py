"""Rounds, and what becomes of cases that fail."""

from functools import partial

from benchmarks.case import Case
from benchmarks.measurement import Metrics
from benchmarks.suite import run_cases


def _measure(log: list[str], name: str) -> Metrics:
    log.append(name)
    return {"turn": float(len(log))}


def _fail(log: list[str], error: Exception) -> Metrics:
    log.append("failing")
    raise error


def _ignore(done: int, total: int, following: str) -> None:
    assert done < total
    assert following


def test_cases_are_measured_in_turn_round_after_round() -> None:
    """A B, A B: not A A, B B. A case of fewer rounds drops out early."""
    log: list[str] = []
    cases = [
        Case("part", "a", partial(_measure, log, "a"), runtime="onnx"),
        Case("part", "b", partial(_measure, log, "b"), runtime="onnx", rounds=1),
    ]
    first, second = run_cases(cases, 3, _ignore)
    assert log == ["a", "b", "a", "a"]
    assert first.metrics["turn"].values == (1.0, 3.0, 4.0)
    assert second.metrics["turn"].values == (2.0,)


def test_a_case_that_fails_says_why_and_is_left_out() -> None:
    """The others go on."""
    log: list[str] = []
    cases = [
        Case("part", "bad", partial(_fail, log, RuntimeError("broken")), runtime="onnx"),
        Case("part", "good", partial(_measure, log, "good"), runtime="onnx"),
    ]
    bad, good = run_cases(cases, 2, _ignore)
    assert (bad.note, bad.is_failure, bad.metrics) == ("failed: RuntimeError: broken", True, {})
    assert len(good.metrics["turn"].values) == 2
    assert log == ["failing", "good", "good"]
